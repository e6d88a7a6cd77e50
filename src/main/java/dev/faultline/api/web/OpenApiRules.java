package dev.faultline.api.web;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.servers.Server;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Completes the OpenAPI document with what holds for every endpoint: problem documents and headers
 * here, bodies in {@link OpenApiSchemas}.
 */
@Configuration
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
class OpenApiRules {

    private static final String PROBLEM_TYPE = "application/problem+json";

    private static final Map<String, String> ERRORS = new LinkedHashMap<>();

    static {
        ERRORS.put("400", "Malformed or out of range; the document names the field.");
        ERRORS.put("404", "No such thing.");
        ERRORS.put("405", "No such method here; see Allow.");
        ERRORS.put("406", "None of the accepted media types is offered.");
        ERRORS.put("413", "The body is over its limit.");
        ERRORS.put("415", "Not a media type, or not a Content-Encoding, that is read here.");
        ERRORS.put("417", "The one Expect that can be met is 100-continue.");
        ERRORS.put("429", "Too much at once; see Retry-After.");
        ERRORS.put("500", "A mistake of the server's, which it has logged.");
    }

    private static final Map<String, String> CHANGE_ERRORS =
            Map.of(
                    "408", "The body stopped coming.",
                    "409", "Valid, but impossible in this state.",
                    "412", "The machine is at another version than If-Match names.",
                    "422", "The Idempotency-Key was used for another request.");

    @Bean
    OpenAPI faultlineApi() {
        return new OpenAPI()
                .addServersItem(new Server().url("/")) // never what the request's Host says
                .info(
                        new Info()
                                .title("Faultline")
                                .version("v1")
                                .description(
                                        "Simulated computers with virtual memory. A simulated"
                                                + " fault, signal or refusal is a result; an HTTP"
                                                + " error means that the request was wrong. A"
                                                + " thing has one name: a path has no parameters"
                                                + " (;), and a number in a path, a query or a header"
                                                + " has no plus sign and no leading zero. What is"
                                                + " wrong in a body is told by its JSON pointer."));
    }

    @Bean
    GlobalOpenApiCustomizer completeDocument(List<DocumentPart> parts) {
        return document -> {
            parts.forEach(part -> part.addTo(document));
            document.getPaths()
                    .forEach(
                            (path, item) ->
                                    item.readOperationsMap()
                                            .forEach(
                                                    (method, operation) ->
                                                            complete(path, method, operation)));
            OpenApiSchemas.complete(document);
        };
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        ERRORS.forEach((code, text) -> addError(operation, code, text));
        if (path.endsWith("/events") || path.endsWith("/turns")) {
            addError(operation, "410", "No longer there.");
        } else if (path.endsWith("memory") || path.endsWith("/translations")) {
            addError(operation, "409", "Not there, or not of a process that can run.");
        }
        if (usesStoredTraces(path)) {
            addError(operation, "410", "What is stored is not what it was; store it again.");
            addError(operation, "503", "The disk is full or does not work; see Retry-After.");
        }
        addEntityTags(path, method, operation);
        if (method != PathItem.HttpMethod.GET) {
            CHANGE_ERRORS.forEach((code, text) -> addError(operation, code, text));
        }
        if (method == PathItem.HttpMethod.POST) {
            operation.addParametersItem(
                    header(
                            IdempotencyFilter.KEY,
                            "A key of the client's; the same key and request give the same answer"
                                    + " again without touching the machine."));
        }
        operation
                .getResponses()
                .values()
                .forEach(
                        response ->
                                response.addHeaderObject(
                                        RequestIdFilter.HEADER,
                                        new Header().schema(new StringSchema())));
    }

    private static boolean usesStoredTraces(String path) {
        return path.startsWith("/v1/traces")
                || path.equals("/v1/sweeps")
                || path.endsWith("/processes")
                || path.endsWith("/run");
    }

    private static void addEntityTags(
            String path, PathItem.HttpMethod method, Operation operation) {
        if (!path.startsWith("/v1/machines") || path.endsWith("/metrics")) {
            return;
        }
        operation
                .getResponses()
                .forEach(
                        (code, response) -> {
                            if (code.startsWith("2") && !code.equals("204")) {
                                response.addHeaderObject("ETag", text("The machine's version."));
                            }
                            if (code.equals("201")) {
                                response.addHeaderObject("Location", text("What was made."));
                            }
                        });
        if (method == PathItem.HttpMethod.GET && path.contains("{machine}")) {
            operation
                    .getResponses()
                    .putIfAbsent(
                            "304",
                            new ApiResponse()
                                    .description("The machine is at If-None-Match's version."));
        }
    }

    private static Header text(String description) {
        return new Header().description(description).schema(new StringSchema());
    }

    private static Parameter header(String name, String description) {
        return new Parameter()
                .in("header")
                .name(name)
                .description(description)
                .schema(new StringSchema().maxLength(255));
    }

    private static void addError(Operation operation, String code, String description) {
        Schema<?> schema = new Schema<>().$ref("#/components/schemas/" + OpenApiSchemas.PROBLEM);
        operation
                .getResponses()
                .putIfAbsent(
                        code,
                        new ApiResponse()
                                .description(description)
                                .content(
                                        new Content()
                                                .addMediaType(
                                                        PROBLEM_TYPE,
                                                        new MediaType().schema(schema))));
    }
}

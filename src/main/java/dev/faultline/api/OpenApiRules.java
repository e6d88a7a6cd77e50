package dev.faultline.api;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Completes the OpenAPI document with what holds for every endpoint: problem documents, headers,
 * strict request bodies, and answers in which every field is present.
 */
@Configuration
class OpenApiRules {

    private static final String PROBLEM = "Problem";
    private static final String PROBLEM_TYPE = "application/problem+json";

    private static final Map<String, String> ERRORS = new LinkedHashMap<>();

    static {
        ERRORS.put("400", "Malformed or out of range; the document names the field.");
        ERRORS.put("404", "No such thing.");
        ERRORS.put("405", "No such method here; see Allow.");
        ERRORS.put("406", "None of the accepted media types is offered.");
        ERRORS.put("429", "Too much at once; see Retry-After.");
    }

    private static final Map<String, String> CHANGE_ERRORS =
            Map.of(
                    "409", "Valid, but impossible in this state.",
                    "412", "The machine is at another version than If-Match names.",
                    "413", "The body is over its limit.",
                    "415", "Not a media type that is read here.",
                    "422", "The Idempotency-Key was used for another request.");

    @Bean
    OpenAPI faultlineApi() {
        return new OpenAPI()
                .info(
                        new Info()
                                .title("Faultline")
                                .version("v1")
                                .description(
                                        "Simulated computers with virtual memory. A simulated"
                                                + " fault, signal or refusal is a result; an HTTP"
                                                + " error means that the request was wrong."));
    }

    @Bean
    GlobalOpenApiCustomizer completeDocument() {
        return document -> {
            addProblem(document);
            document.getPaths()
                    .forEach(
                            (path, item) ->
                                    item.readOperationsMap()
                                            .forEach(
                                                    (method, operation) ->
                                                            complete(path, method, operation)));
            document.getComponents().getSchemas().forEach(OpenApiRules::completeSchema);
        };
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        ERRORS.forEach((code, text) -> addError(operation, code, text));
        if (path.endsWith("/events") || path.endsWith("/memory")) {
            addError(
                    operation,
                    path.endsWith("/events") ? "410" : "409",
                    "No longer, or not, there.");
        }
        if (method == PathItem.HttpMethod.POST || method == PathItem.HttpMethod.DELETE) {
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

    private static Parameter header(String name, String description) {
        return new Parameter()
                .in("header")
                .name(name)
                .description(description)
                .schema(new StringSchema().maxLength(255));
    }

    private static void addError(Operation operation, String code, String description) {
        Schema<?> schema = new Schema<>().$ref("#/components/schemas/" + PROBLEM);
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

    private static void addProblem(OpenAPI document) {
        ObjectSchema field = new ObjectSchema();
        field.addProperty("pointer", new StringSchema().description("JSON pointer of the field."));
        field.addProperty("detail", new StringSchema());
        field.setRequired(List.of("pointer", "detail"));
        ObjectSchema problem = new ObjectSchema();
        problem.setDescription("A problem document (RFC 9457).");
        problem.addProperty("type", new StringSchema());
        problem.addProperty("title", new StringSchema());
        problem.addProperty("status", new IntegerSchema());
        problem.addProperty("detail", new StringSchema());
        problem.addProperty("instance", new StringSchema());
        problem.addProperty(
                "reason", new StringSchema().description("Stable, in UPPER_SNAKE_CASE."));
        problem.addProperty(
                "errors", new io.swagger.v3.oas.models.media.ArraySchema().items(field));
        problem.setRequired(List.of("type", "title", "status", "detail", "instance", "reason"));
        document.getComponents().addSchemas(PROBLEM, problem);
    }

    private static void completeSchema(String name, Schema<?> schema) {
        if (schema.getProperties() == null || name.equals(PROBLEM)) {
            return;
        }
        if (name.endsWith("Request") || name.equals("NoFields")) {
            schema.setAdditionalProperties(false);
        } else {
            schema.setRequired(new ArrayList<>(schema.getProperties().keySet()));
        }
    }
}

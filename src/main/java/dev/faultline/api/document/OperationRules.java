package dev.faultline.api.document;

import dev.faultline.api.web.Prefer;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;

import org.springframework.http.HttpHeaders;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds for all operations of a kind: their errors, and the headers of both sides. */
final class OperationRules {

    private static final String PROBLEM_TYPE = "application/problem+json";
    private static final Map<String, String> ERRORS = new LinkedHashMap<>();

    static {
        ERRORS.put("400", "Malformed or out of range; the document names the field.");
        ERRORS.put("401", "The service has keys, and the request has none that is known.");
        ERRORS.put(
                "403",
                "The key's role never allows this, or a web page of an origin that is not allowed"
                        + " asks for it.");
        ERRORS.put("404", "No such thing, or none that the key's owner sees.");
        ERRORS.put("405", "This path does not take this method; see Allow.");
        ERRORS.put("406", "None of the accepted media types is offered.");
        ERRORS.put("413", "The body is larger than its limit.");
        ERRORS.put("415", "Not a media type or a Content-Encoding that is read here.");
        ERRORS.put("417", "The only Expect that can be met is 100-continue.");
        ERRORS.put("429", "Too much at once; see Retry-After.");
        ERRORS.put("500", "The server made a mistake, which it has logged.");
        ERRORS.put(
                "503",
                "What this needs does not work now: the disk, or the OpenID provider that signed the"
                        + " token; see Retry-After.");
        ERRORS.put("default", "Any other error.");
    }

    private static final Map<String, String> CHANGE_ERRORS =
            Map.of(
                    "408", "The body stopped coming.",
                    "409", "Valid, but impossible in this state.",
                    "412", "The machine is at another version than If-Match names.",
                    "422", "The Idempotency-Key was used for another request.");

    /** What clients and libraries set by themselves, from the media types. */
    private static final Set<String> BY_THEMSELVES =
            Set.of(HttpHeaders.ACCEPT, HttpHeaders.CONTENT_TYPE);

    private OperationRules() {}

    /** Completes an operation, whose successes are there. */
    static void complete(String path, HttpMethod method, Operation operation) {
        addErrors(path, method, operation);
        addEntityTags(path, method, operation);
        addRequestHeaders(method, operation);
        narrowParameters(operation);
        operation.getResponses().forEach((code, response) -> addHeaders(method, code, response));
    }

    private static void addErrors(String path, HttpMethod method, Operation operation) {
        ERRORS.forEach((code, text) -> addError(operation, code, text));
        if (path.endsWith("/events") || path.endsWith("/turns")) {
            addError(operation, "410", "No longer there.");
        } else if (path.endsWith("memory") || path.endsWith("/translations")) {
            addError(operation, "409", "Not there, or not of a process that can run.");
        }
        if (path.startsWith("/v1/keys") || path.startsWith("/v1/tenants")) {
            addError(operation, "409", "The service has no keys.");
        }
        if (usesStoredTraces(path)) {
            addError(operation, "410", "What is stored is damaged; store it again.");
        }
        if (method != HttpMethod.GET) {
            CHANGE_ERRORS.forEach((code, text) -> addError(operation, code, text));
        }
    }

    private static boolean usesStoredTraces(String path) {
        return path.startsWith("/v1/traces")
                || path.equals("/v1/sweeps")
                || path.endsWith("/processes")
                || path.endsWith("/run");
    }

    private static void addError(Operation operation, String code, String description) {
        MediaType problem = new MediaType().schema(SchemaRules.reference(OddSchemas.PROBLEM));
        operation
                .getResponses()
                .putIfAbsent(
                        code,
                        new ApiResponse()
                                .description(description)
                                .content(new Content().addMediaType(PROBLEM_TYPE, problem)));
    }

    private static void addEntityTags(String path, HttpMethod method, Operation operation) {
        if (!path.startsWith("/v1/machines") || path.endsWith("/metrics")) {
            return;
        }
        operation
                .getResponses()
                .forEach(
                        (code, response) -> {
                            if (code.startsWith("2") && !code.equals("204")) {
                                response.addHeaderObject(
                                        HttpHeaders.ETAG, text("The machine's version."));
                            }
                        });
        if (method == HttpMethod.GET && path.contains("{machine}")) {
            operation
                    .getResponses()
                    .putIfAbsent(
                            "304",
                            new ApiResponse()
                                    .description("The machine is at If-None-Match's version."));
            operation.addParametersItem(header(HttpHeaders.IF_NONE_MATCH));
        }
    }

    private static void addRequestHeaders(HttpMethod method, Operation operation) {
        if (method == HttpMethod.POST) {
            Schema<?> key = new StringSchema().minLength(1).maxLength(255);
            operation.addParametersItem(header("Idempotency-Key").schema(key));
        }
        if (operation.getParameters() != null) {
            List<Parameter> kept = new ArrayList<>(operation.getParameters());
            kept.removeIf(each -> BY_THEMSELVES.contains(each.getName()));
            operation.setParameters(kept);
        }
    }

    private static Parameter header(String name) {
        return new Parameter().in("header").name(name).schema(new StringSchema());
    }

    /** Numbers in a path are read as text, so that the service can say itself what is wrong. */
    private static void narrowParameters(Operation operation) {
        if (operation.getParameters() == null) {
            return;
        }
        for (Parameter parameter : operation.getParameters()) {
            if (parameter.getName().equals("cursor")) {
                parameter.getSchema().setPattern("^[A-Za-z0-9_-]+$");
            } else if (parameter.getIn().equals("path")) {
                switch (parameter.getName()) {
                    case "pid" -> parameter.setSchema(number(1));
                    case "frame" -> parameter.setSchema(number(0));
                    case "start" -> parameter.setSchema(SchemaRules.reference("Address"));
                    case "trace" ->
                            parameter.setSchema(new StringSchema().pattern("^[0-9a-f]{64}$"));
                    case "operation" ->
                            parameter.setSchema(new StringSchema().pattern("^op-[a-z1-9]{1,16}$"));
                    case "machine" ->
                            parameter.setSchema(
                                    new StringSchema()
                                            .pattern(
                                                    "^([a-z0-9][a-z0-9._-]{0,62}~){0,2}"
                                                            + "[a-z][a-z0-9-]{0,62}$"));
                    case "tenant" ->
                            parameter.setSchema(
                                    new StringSchema().pattern("^[a-z0-9][a-z0-9._-]{0,62}$"));
                    default -> {}
                }
            }
        }
    }

    private static Schema<?> number(long least) {
        Schema<?> number = new IntegerSchema().format("int32");
        number.setMinimum(BigDecimal.valueOf(least));
        return number;
    }

    private static void addHeaders(HttpMethod method, String code, ApiResponse response) {
        boolean success = code.startsWith("2");
        response.addHeaderObject("Request-Id", text("The id under which the request is logged."));
        response.addHeaderObject(
                "RateLimit-Policy",
                text("To a key: how many requests it may send (`q`) within seconds (`w`)."));
        response.addHeaderObject(
                "RateLimit",
                text("To a key: how many requests are left (`r`) for some seconds (`t`)."));
        if (code.equals("201") || code.equals("202")) {
            response.addHeaderObject(HttpHeaders.LOCATION, text("The path of what was made."));
        }
        if (success && method == HttpMethod.POST) {
            response.addHeaderObject(
                    "Idempotency-Replayed",
                    text("`true` if this is the stored answer to an earlier request."));
            response.addHeaderObject(
                    Prefer.APPLIED, text("The preference that was met, if one was."));
        }
        if (code.equals("405")) {
            response.addHeaderObject(HttpHeaders.ALLOW, text("The methods that it takes."));
        }
        if (code.equals("401")) {
            response.addHeaderObject(
                    HttpHeaders.WWW_AUTHENTICATE,
                    text("`Bearer`, and what is wrong with the key."));
        }
        if (code.equals("429") || code.equals("503")) {
            response.addHeaderObject(
                    HttpHeaders.RETRY_AFTER,
                    new Header()
                            .description("Seconds after which to try again.")
                            .schema(number(0)));
        }
    }

    private static Header text(String description) {
        return new Header().description(description).schema(new StringSchema());
    }
}

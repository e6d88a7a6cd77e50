package dev.faultline.api.accesses;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Reason;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.trace.TraceException;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Traces as bodies of requests and answers, in the formats that {@link TraceFormat} lists. Also
 * puts these formats into the OpenAPI document.
 */
@Component
public class TraceBodies implements GlobalOperationCustomizer {

    /** The formats of answers: binary words first, then in the order of declaration. */
    public static final List<TraceFormat> WRITTEN =
            Stream.concat(Stream.of(TraceFormat.BINARY), Arrays.stream(TraceFormat.values()))
                    .distinct()
                    .toList();

    private static final List<TraceFormat> OF_A_PROCESS = formats(false);
    private static final List<TraceFormat> OF_A_MACHINE = formats(true);

    /** A reader of a trace of one process. Raises a 415 for a type that is no such format's. */
    public static TraceReader open(
            @Nullable String contentType, InputStream body, MachineSpec spec) {
        TraceFormat format = format(contentType, false);
        try {
            return format.open(body, spec, false, String.valueOf(contentType));
        } catch (IllegalArgumentException e) {
            throw ApiException.badParameter(
                    HttpHeaders.CONTENT_TYPE, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The format of a content type. Raises a 415 if it has none.
     *
     * @param wholeMachine whether the trace is a machine's, and each access names its process
     */
    public static TraceFormat format(@Nullable String contentType, boolean wholeMachine) {
        List<TraceFormat> known = wholeMachine ? OF_A_MACHINE : OF_A_PROCESS;
        TraceFormat format = contentType == null ? null : TraceFormat.ofMediaType(contentType);
        if (format != null && known.contains(format)) {
            return format;
        }
        throw ApiException.unsupportedType(
                contentType, known.stream().map(TraceFormat::mediaType).toList());
    }

    /** The media types of formats, with commas between. */
    public static String mediaTypes(List<TraceFormat> formats) {
        return formats.stream().map(TraceFormat::mediaType).collect(Collectors.joining(", "));
    }

    private static List<TraceFormat> formats(boolean wholeMachine) {
        return Arrays.stream(TraceFormat.values())
                .filter(each -> wholeMachine ? each.namesProcesses() : !each.makesProcesses())
                .toList();
    }

    /** The problem of a garbled or truncated trace, with its line or its byte. */
    public static ApiException garbled(TraceException e) {
        ApiException problem =
                new ApiException(Reason.GARBLED_TRACE, String.valueOf(e.getMessage()));
        if (e.line() != null) {
            problem.with("line", e.line());
        }
        if (e.byteOffset() != null) {
            problem.with("byte", e.byteOffset());
        }
        return problem;
    }

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        switch (operation.getOperationId()) {
            case "runTrace", "storeTrace" -> {
                operation.getRequestBody().setDescription(description());
                add(operation.getRequestBody().getContent(), OF_A_PROCESS);
            }
            case "runMachineTrace" -> add(operation.getRequestBody().getContent(), OF_A_MACHINE);
            case "exportTrace" -> {
                Content content = new Content();
                add(content, WRITTEN);
                Objects.requireNonNull(operation.getResponses().get("200")).setContent(content);
            }
            default -> {}
        }
        return operation;
    }

    private static void add(Content content, List<TraceFormat> formats) {
        for (TraceFormat each : formats) {
            MediaType body = content.computeIfAbsent(each.mediaType(), type -> new MediaType());
            if (body.getSchema() == null) {
                body.setSchema(schema(each));
            }
        }
    }

    /** What a body of a format is to a client: a text, bytes, columns, or an access a line. */
    private static Schema<?> schema(TraceFormat format) {
        return switch (format) {
            case NDJSON -> new Schema<>().$ref("AccessRequest");
            case COLUMNS -> new Schema<>().$ref("AccessColumnsRequest");
            case BINARY -> text(format).format("binary");
            default -> text(format);
        };
    }

    private static Schema<?> text(TraceFormat format) {
        return new StringSchema().description(format.words());
    }

    private static String description() {
        return "A trace, whose format Content-Type says; Content-Encoding may be gzip or zstd."
                + " Blank lines are passed over.\n\n"
                + OF_A_PROCESS.stream()
                        .map(each -> "- `" + each.mediaType() + "`: " + each.words())
                        .collect(Collectors.joining("\n"));
    }
}

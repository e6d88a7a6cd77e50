package dev.faultline.api.web;

import dev.faultline.hosting.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request that is answered with a problem document. */
public final class ApiException extends Refusal {

    private static final long serialVersionUID = 1;

    /** What is wrong with one field of a body. */
    public record FieldError(String pointer, String detail) {}

    private final Reason reason;
    private final transient List<FieldError> errors;
    private final transient Map<String, Object> properties = new LinkedHashMap<>();
    private final transient HttpHeaders headers = new HttpHeaders();

    /**
     * A problem with no field of its own.
     *
     * @param reason the problem's code, from which its status follows
     * @param detail what is wrong, in words
     */
    public ApiException(Reason reason, String detail) {
        this(reason, detail, List.of());
    }

    /** A problem with the fields that are wrong. */
    public ApiException(Reason reason, String detail, List<FieldError> errors) {
        super(detail);
        this.reason = reason;
        this.errors = errors;
    }

    /** A body whose field at a JSON pointer is wrong. */
    public static ApiException badField(String pointer, String detail) {
        return badFields(List.of(new FieldError(pointer, detail)));
    }

    /** A body with several wrong fields, of which the first is the one that is told in words. */
    static ApiException badFields(List<FieldError> errors) {
        FieldError first = errors.isEmpty() ? new FieldError("", "invalid") : errors.getFirst();
        String where = first.pointer().isEmpty() ? "" : first.pointer() + ": ";
        return new ApiException(Reason.INVALID_BODY, where + first.detail(), errors);
    }

    /** A body that broke off: the client went away, or its framing is wrong. */
    public static ApiException bodyNotReadable() {
        return new ApiException(Reason.BODY_NOT_READABLE, "the body could not be read to its end");
    }

    /** A body that could not be read because of this: it stopped coming, or broke off. */
    public static ApiException bodyNotReadable(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return new ApiException(Reason.REQUEST_TIMEOUT, "the body stopped coming");
            }
            if (cause instanceof PackedTooWell) {
                return new ApiException(Reason.BODY_TOO_LARGE, String.valueOf(cause.getMessage()));
            }
        }
        return bodyNotReadable();
    }

    /** A query parameter, path part or header that is wrong. */
    public static ApiException badParameter(String name, String detail) {
        return new ApiException(Reason.INVALID_PARAMETER, name + ": " + detail);
    }

    /**
     * A body of a type that is not read, such as the form that curl sends unless told otherwise.
     *
     * @param given the type as it was sent, or null
     * @param read the types that are read; the first is the one to advise
     */
    public static ApiException unsupportedType(@Nullable String given, List<String> read) {
        String wrong =
                given == null
                        ? "a body needs a Content-Type"
                        : "'" + JsonErrors.shortened(given) + "' is not read here";
        String right = read.size() == 1 ? read.getFirst() : "one of " + String.join(", ", read);
        return new ApiException(
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "%s; send %s: -H 'Content-Type: %s'".formatted(wrong, right, read.getFirst()));
    }

    /** A process that was never made, as it stood in the request: 404. */
    static ApiException noSuchProcess(String pid) {
        return new ApiException(Reason.NO_SUCH_PROCESS, "there is no process '" + pid + "'");
    }

    /** A frame that the machine does not have, as it stood in the path: 404. */
    public static ApiException noSuchFrame(String frame) {
        return new ApiException(Reason.NO_SUCH_FRAME, "there is no frame '" + frame + "'");
    }

    static ApiException noKernelMapping() {
        return new ApiException(
                Reason.NO_KERNEL_MAPPING, "the kernel has mapped no frame for itself yet");
    }

    /** A process that has ended, so that nothing can be done with it: 409. */
    public static ApiException processExited(int pid) {
        return new ApiException(Reason.PROCESS_EXITED, "process " + pid + " has ended");
    }

    static ApiException processBlocked(int pid) {
        return new ApiException(
                Reason.PROCESS_BLOCKED,
                "process " + pid + " waits for the child that borrowed its memory (vfork)");
    }

    /** Adds a property to the problem document. */
    public ApiException with(String name, Object value) {
        properties.put(name, value);
        return this;
    }

    /** Says how far the request had come, and which version of the machine that is. */
    public ApiException madeSoFar(long accesses, long version) {
        headers.set(HttpHeaders.ETAG, Versions.etag(version));
        return with("accesses", accesses).with("version", version);
    }

    /** Gives the answer a header. */
    public ApiException withHeader(String name, String value) {
        headers.set(name, value);
        return this;
    }

    /** The status of the answer. */
    public HttpStatus status() {
        return reason.status();
    }

    /** The code of the problem. */
    public Reason reason() {
        return reason;
    }

    List<FieldError> errors() {
        return errors;
    }

    Map<String, Object> properties() {
        return properties;
    }

    HttpHeaders headers() {
        return headers;
    }
}

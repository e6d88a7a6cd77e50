package dev.faultline.api;

import dev.faultline.hosting.HostingException;
import dev.faultline.machine.SpecDraft.InvalidSpecException;

import jakarta.servlet.http.HttpServletRequest;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Turns whatever goes wrong inside a request into a problem document that names its reason. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    /**
     * A request attribute: the {@link ApiException} of the request. When the body broke off, the
     * container has begun an error answer of its own, and the problem has to be told there.
     */
    static final String PROBLEM = ProblemAdvice.class.getName() + ".PROBLEM";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(ApiException e, HttpServletRequest request) {
        request.setAttribute(PROBLEM, e);
        return respond(of(e, request.getRequestURI()), e.headers());
    }

    /** The problem document of an exception. */
    static ProblemDetail of(ApiException e, String path) {
        ProblemDetail problem = Problems.of(e.status(), e.reason(), detail(e), path);
        if (!e.errors().isEmpty()) {
            problem.setProperty("errors", e.errors());
        }
        e.properties().forEach(problem::setProperty);
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(HostingException e, HttpServletRequest request) {
        ApiException problem = of(e);
        if (e.version() != null) {
            request.setAttribute(IdempotencyFilter.CHANGED, true);
        }
        return respond(of(problem, request.getRequestURI()), problem.headers());
    }

    /** What a client is told of a request that cannot be met, or no further. */
    static ApiException of(HostingException e) {
        HttpStatus status =
                switch (e.reason()) {
                    case NO_SUCH_MACHINE, NO_SUCH_TRACE, NO_SUCH_OPERATION -> HttpStatus.NOT_FOUND;
                    case MACHINE_EXISTS, REQUEST_INTERRUPTED -> HttpStatus.CONFLICT;
                    case VERSION_MISMATCH -> HttpStatus.PRECONDITION_FAILED;
                    case TOO_MANY_MACHINES,
                            SERVER_FULL,
                            MACHINE_BUSY,
                            TRACES_FULL,
                            TOO_MANY_OPERATIONS ->
                            HttpStatus.TOO_MANY_REQUESTS;
                };
        ApiException problem = new ApiException(status, e.reason().name(), detail(e));
        if (status == HttpStatus.TOO_MANY_REQUESTS) {
            problem.withHeader(HttpHeaders.RETRY_AFTER, "1");
        }
        Long accesses = e.accesses();
        Long version = e.version();
        return accesses == null || version == null ? problem : problem.madeSoFar(accesses, version);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(InvalidSpecException e, HttpServletRequest request) {
        List<ApiException.FieldError> errors =
                e.problems().stream()
                        .map(p -> new ApiException.FieldError(p.pointer(), p.detail()))
                        .toList();
        return invalidBody(errors, request.getRequestURI());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(
            MethodArgumentTypeMismatchException e, HttpServletRequest request) {
        Throwable cause = e.getMostSpecificCause();
        String detail =
                e.getRequiredType() == Address.class && cause.getMessage() != null
                        ? cause.getMessage()
                        : "'" + e.getValue() + "' is no integer in range";
        return respond(
                Problems.of(
                        HttpStatus.BAD_REQUEST,
                        "INVALID_PARAMETER",
                        e.getName() + ": " + detail,
                        request.getRequestURI()),
                new HttpHeaders());
    }

    /** The container cannot take the query apart: a parameter without a name, a broken escape. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(InvalidParameterException e, HttpServletRequest request) {
        LOG.debug("query not read", e);
        return respond(
                Problems.of(
                        HttpStatus.BAD_REQUEST,
                        "INVALID_PARAMETER",
                        "the query parameters cannot be read",
                        request.getRequestURI()),
                new HttpHeaders());
    }

    /** Reading the body failed: the client broke it off, or broke its framing. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(IOException e, HttpServletRequest request) {
        LOG.debug("body not read", e);
        return handle(ApiException.bodyNotReadable(e), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(RuntimeException e, HttpServletRequest request) {
        LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        return respond(
                Problems.of(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "INTERNAL_ERROR",
                        "the server made a mistake; it has been logged",
                        request.getRequestURI()),
                new HttpHeaders());
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApiException ours) {
                return object(handle(ours, servletRequest(request)));
            }
            if (cause instanceof IOException) {
                return object(handle(ApiException.bodyNotReadable(cause), servletRequest(request)));
            }
            if (cause instanceof JacksonException json && !(json instanceof JacksonIOException)) {
                return object(invalidBody(List.of(fieldError(json)), path(request)));
            }
        }
        ApiException.FieldError missing =
                new ApiException.FieldError("", "a JSON body is expected here");
        return object(invalidBody(List.of(missing), path(request)));
    }

    /** The error of a part of a body that was bound by itself. */
    static ApiException badPart(String pointer, JacksonException e) {
        ApiException.FieldError error = fieldError(e);
        return ApiException.badField(pointer + error.pointer(), error.detail());
    }

    private static ApiException.FieldError fieldError(JacksonException e) {
        StringBuilder pointer = new StringBuilder();
        for (JacksonException.Reference reference : e.getPath()) {
            String name = reference.getPropertyName();
            pointer.append('/')
                    .append(
                            name == null
                                    ? String.valueOf(reference.getIndex())
                                    : name.replace("~", "~0").replace("/", "~1"));
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return new ApiException.FieldError(
                    pointer.toString(), "no such property; known: " + known(unknown));
        }
        if (e instanceof MismatchedInputException mismatch) {
            return new ApiException.FieldError(pointer.toString(), mismatch(mismatch));
        }
        String place =
                e.processor() instanceof JsonParser parser
                        ? parser.streamReadContext().pathAsPointer().toString()
                        : pointer.toString();
        return new ApiException.FieldError(
                place, "malformed JSON: " + firstLine(e.getOriginalMessage()));
    }

    private static String known(UnrecognizedPropertyException e) {
        List<String> known = new ArrayList<>();
        if (e.getKnownPropertyIds() != null) {
            e.getKnownPropertyIds().forEach(id -> known.add(String.valueOf(id)));
        }
        known.sort(null);
        return String.join(", ", known);
    }

    private static String mismatch(MismatchedInputException e) {
        Class<?> wanted = e.getTargetType();
        String wish;
        if (wanted == Address.class) {
            wish = "an address: an integer, or a string of 0x and hexadecimal digits";
        } else if (wanted == Long.class || wanted == Integer.class) {
            wish = "an integer";
        } else if (wanted == String.class) {
            wish = "a string";
        } else if (wanted == Boolean.class) {
            wish = "true or false";
        } else if (wanted != null && Collection.class.isAssignableFrom(wanted)) {
            wish = "an array";
        } else {
            wish = "an object";
        }
        return e instanceof InvalidFormatException format && format.getValue() != null
                ? "must be " + wish + ", not " + shown(format.getValue())
                : "must be " + wish;
    }

    private static String shown(Object value) {
        String text = shortened(value.toString());
        return value instanceof String ? '"' + text + '"' : text;
    }

    /** The library's message without what is only of use to a programmer. */
    private static String firstLine(@Nullable String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        return line.replaceAll("\\s*\\(start marker at .*", "");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return object(invalidBody(fieldErrors(e), path(request)));
    }

    private static List<ApiException.FieldError> fieldErrors(Errors invalid) {
        return invalid.getFieldErrors().stream()
                .map(field -> new ApiException.FieldError(pointer(field), message(field)))
                .sorted(
                        Comparator.comparing(ApiException.FieldError::pointer)
                                .thenComparing(ApiException.FieldError::detail))
                .toList();
    }

    private static String message(FieldError field) {
        String message = field.getDefaultMessage() == null ? "invalid" : field.getDefaultMessage();
        Object rejected = field.getRejectedValue();
        return rejected instanceof Number || rejected instanceof String
                ? message + ", not " + shortened(rejected.toString())
                : message;
    }

    private static String pointer(FieldError field) {
        return "/" + field.getField().replace("[", "/").replace("]", "").replace('.', '/');
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private ResponseEntity<ProblemDetail> invalidBody(
            List<ApiException.FieldError> errors, String path) {
        ApiException.FieldError first =
                errors.isEmpty() ? new ApiException.FieldError("", "invalid") : errors.getFirst();
        String where = first.pointer().isEmpty() ? "" : first.pointer() + ": ";
        ProblemDetail problem =
                Problems.of(HttpStatus.BAD_REQUEST, "INVALID_BODY", where + first.detail(), path);
        problem.setProperty("errors", errors);
        return respond(problem, new HttpHeaders());
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode statusCode,
            WebRequest request) {
        HttpStatus status = HttpStatus.valueOf(statusCode.value());
        if (e instanceof HandlerMethodValidationException invalid) {
            return object(invalidParameters(invalid, request));
        }
        String detail = status.getReasonPhrase();
        if (e instanceof ErrorResponse known && known.getBody().getDetail() != null) {
            detail = known.getBody().getDetail();
        }
        if (e instanceof NoResourceFoundException) {
            detail = "there is nothing at this path";
        }
        if (e instanceof HttpRequestMethodNotSupportedException) {
            detail += "; allowed: " + headers.getFirst(HttpHeaders.ALLOW);
        }
        if (status.is5xxServerError()) {
            LOG.error("request failed", e);
            detail = "the server made a mistake; it has been logged";
        }
        return object(
                respond(
                        Problems.of(status, Problems.reason(status), detail, path(request)),
                        headers));
    }

    /** What is wrong in the path, the query or a header; if nothing is, what is in the body. */
    private ResponseEntity<ProblemDetail> invalidParameters(
            HandlerMethodValidationException e, WebRequest request) {
        if (e.getValueResults().isEmpty()) {
            return invalidBody(
                    e.getBeanResults().stream()
                            .flatMap(body -> fieldErrors(body).stream())
                            .toList(),
                    path(request));
        }
        ParameterValidationResult first = e.getValueResults().getFirst();
        String name = first.getMethodParameter().getParameterName();
        String message = first.getResolvableErrors().getFirst().getDefaultMessage();
        return handle(
                ApiException.badParameter(
                        String.valueOf(name),
                        message + ", not " + shortened(String.valueOf(first.getArgument()))),
                servletRequest(request));
    }

    private static String detail(Exception e) {
        return e.getMessage() == null ? "" : e.getMessage();
    }

    private static HttpServletRequest servletRequest(WebRequest request) {
        return ((ServletWebRequest) request).getRequest();
    }

    private static String path(WebRequest request) {
        return servletRequest(request).getRequestURI();
    }

    private static ResponseEntity<ProblemDetail> respond(
            ProblemDetail problem, HttpHeaders headers) {
        return ResponseEntity.status(problem.getStatus())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    private static ResponseEntity<Object> object(ResponseEntity<ProblemDetail> response) {
        return ResponseEntity.status(response.getStatusCode())
                .headers(response.getHeaders())
                .body(response.getBody());
    }
}

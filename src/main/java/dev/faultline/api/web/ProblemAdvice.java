package dev.faultline.api.web;

import dev.faultline.hosting.HostingException;
import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.trace.StoredTraceException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

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
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.validation.Errors;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.JacksonIOException;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** Turns whatever goes wrong inside a request into a problem document that names its reason. */
@RestControllerAdvice
public class ProblemAdvice extends ResponseEntityExceptionHandler {

    /**
     * A request attribute: the {@link ApiException} of the request. When the body broke off, the
     * container has begun an error answer of its own, and the problem has to be told there.
     */
    public static final String PROBLEM = ProblemAdvice.class.getName() + ".PROBLEM";

    private static final MediaType JSON = MediaType.APPLICATION_JSON;

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    /** A disk is not mended in a second. */
    private static final String STORE_RETRY_SECONDS = "60";

    private final Signpost signpost;

    ProblemAdvice(Signpost signpost) {
        this.signpost = signpost;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(ApiException e, HttpServletRequest request) {
        request.setAttribute(PROBLEM, e);
        return respond(of(e, request.getRequestURI()), e.headers());
    }

    /** The problem document of an exception. */
    static ProblemDetail of(ApiException e, String path) {
        ProblemDetail problem = Problems.of(e.reason(), detail(e), path);
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
    public static ApiException of(HostingException e) {
        ApiException problem = new ApiException(Reason.valueOf(e.reason().name()), detail(e));
        HttpStatus status = problem.status();
        if (status == HttpStatus.TOO_MANY_REQUESTS) {
            problem.withHeader(HttpHeaders.RETRY_AFTER, "1");
        } else if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            problem.withHeader(HttpHeaders.RETRY_AFTER, STORE_RETRY_SECONDS);
        }
        HostingException.Excess excess = e.excess();
        if (excess != null) {
            problem.with("quota", excess.quota().key())
                    .with("limit", excess.limit())
                    .with("used", excess.used());
        }
        if (e.oldest() != null) {
            problem.with("oldestVersion", e.oldest());
        }
        Long accesses = e.accesses();
        Long version = e.version();
        return accesses == null || version == null ? problem : problem.madeSoFar(accesses, version);
    }

    /** A stored trace is lost, or cannot be read now. An answer that has begun is broken off. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(
            StoredTraceException e, HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            throw e;
        }
        if (e.isDamaged()) {
            return handle(new ApiException(Reason.TRACE_DAMAGED, detail(e)), request);
        }
        LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        return handle(
                new ApiException(Reason.STORE_UNAVAILABLE, detail(e))
                        .withHeader(HttpHeaders.RETRY_AFTER, STORE_RETRY_SECONDS),
                request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> handle(InvalidSpecException e, HttpServletRequest request) {
        return handle(ApiException.badFields(BodyPart.errors(e)), request);
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
                        Reason.INVALID_PARAMETER,
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
                        Reason.INVALID_PARAMETER,
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
        request.setAttribute(IdempotencyFilter.CHANGED, true); // nobody knows: it is not run again
        return respond(
                Problems.of(
                        Reason.INTERNAL_ERROR,
                        Problems.detail(HttpStatus.INTERNAL_SERVER_ERROR),
                        request.getRequestURI()),
                new HttpHeaders());
    }

    /** As Spring does it, but without a warning in the log for what a client did. */
    @Override
    protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        String[] supported = e.getSupportedMethods();
        String allowed = AllowedMethods.header(supported == null ? List.of() : List.of(supported));
        HttpHeaders telling = new HttpHeaders();
        telling.set(HttpHeaders.ALLOW, allowed);
        return object(
                respond(
                        Problems.of(
                                Reason.METHOD_NOT_ALLOWED,
                                "not a method of this path; allowed: " + allowed,
                                path(request)),
                        telling));
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
                return object(handle(JsonErrors.of("", json), servletRequest(request)));
            }
        }
        return object(
                handle(
                        ApiException.badField("", "a JSON body is expected here"),
                        servletRequest(request)));
    }

    /**
     * The client went away, or was too slow, while its answer was sent. There is nothing to say.
     */
    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotWritable(
            HttpMessageNotWritableException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                LOG.debug("answer not sent", e);
                return null;
            }
        }
        return super.handleHttpMessageNotWritable(e, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return object(handle(ApiException.badFields(fieldErrors(e)), servletRequest(request)));
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
                ? message + ", not " + JsonErrors.shortened(rejected.toString())
                : message;
    }

    private static String pointer(FieldError field) {
        return "/" + field.getField().replace("[", "/").replace("]", "").replace('.', '/');
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
        if (status.is5xxServerError()) {
            LOG.error("request failed", e);
        }
        String detail =
                switch (e) {
                    case HttpMediaTypeNotAcceptableException none ->
                            "Accept takes none of what is offered here: "
                                    + MediaType.toString(none.getSupportedMediaTypes());
                    case NoResourceFoundException none -> signpost.detail(path(request));
                    default -> Problems.detail(status);
                };
        return object(respond(Problems.of(status, detail, path(request)), headers));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        List<String> read =
                e.getSupportedMediaTypes().stream()
                        .sorted(Comparator.comparing(JSON::equals).reversed())
                        .map(MediaType::toString)
                        .toList();
        String given = servletRequest(request).getContentType();
        ProblemDetail problem = of(ApiException.unsupportedType(given, read), path(request));
        return object(respond(problem, headers));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return object(
                handle(
                        ApiException.badParameter(e.getParameterName(), "is required"),
                        servletRequest(request)));
    }

    /** What is wrong in the path, the query or a header; if nothing is, what is in the body. */
    private ResponseEntity<ProblemDetail> invalidParameters(
            HandlerMethodValidationException e, WebRequest request) {
        if (e.getValueResults().isEmpty()) {
            List<ApiException.FieldError> errors =
                    e.getBeanResults().stream()
                            .flatMap(body -> fieldErrors(body).stream())
                            .toList();
            return handle(ApiException.badFields(errors), servletRequest(request));
        }
        ParameterValidationResult first = e.getValueResults().getFirst();
        String name = first.getMethodParameter().getParameterName();
        String message = first.getResolvableErrors().getFirst().getDefaultMessage();
        return handle(
                ApiException.badParameter(
                        String.valueOf(name),
                        message
                                + ", not "
                                + JsonErrors.shortened(String.valueOf(first.getArgument()))),
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

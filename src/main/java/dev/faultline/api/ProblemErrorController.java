package dev.faultline.api;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import java.util.Set;
import java.util.TreeSet;

/** Answers for what failed outside of the controllers, where the container dispatches to /error. */
@RestController
@io.swagger.v3.oas.annotations.Hidden
class ProblemErrorController implements ErrorController {

    private final RequestMappingHandlerMapping mapping;

    ProblemErrorController(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping) {
        this.mapping = mapping;
    }

    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request, HttpServletResponse response) {
        Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        HttpStatus status = HttpStatus.resolve(code instanceof Integer number ? number : 404);
        if (status == null) {
            status = HttpStatus.INTERNAL_SERVER_ERROR;
        }
        if (request.getAttribute(ProblemAdvice.PROBLEM) instanceof ApiException known
                && known.status() == status) {
            return ResponseEntity.status(status)
                    .headers(known.headers())
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(ProblemAdvice.of(known, path(request)));
        }
        if (response.getHeader(RequestIdFilter.HEADER) == null) {
            response.setHeader(RequestIdFilter.HEADER, RequestIdFilter.fresh());
        }
        if (status == HttpStatus.METHOD_NOT_ALLOWED) {
            response.setHeader(HttpHeaders.ALLOW, allowed(path(request)));
        }
        String detail =
                status.is5xxServerError()
                        ? "the server made a mistake; it has been logged"
                        : status.getReasonPhrase();
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problems.of(status, Problems.reason(status), detail, path(request)));
    }

    /** The methods of a path; the container does not know them. */
    private String allowed(String path) {
        Set<String> methods = new TreeSet<>();
        mapping.getHandlerMethods()
                .forEach(
                        (info, handler) -> {
                            PathPatternsRequestCondition paths = info.getPathPatternsCondition();
                            if (paths != null
                                    && paths.getPatterns().stream()
                                            .anyMatch(
                                                    p ->
                                                            p.matches(
                                                                    PathContainer.parsePath(
                                                                            path)))) {
                                info.getMethodsCondition()
                                        .getMethods()
                                        .forEach(method -> methods.add(method.name()));
                            }
                        });
        return String.join(", ", methods);
    }

    private static String path(HttpServletRequest request) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return path == null ? request.getRequestURI() : text(path);
    }

    private static String text(@Nullable Object value) {
        return String.valueOf(value);
    }
}

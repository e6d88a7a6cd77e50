package dev.faultline.api;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

import java.util.List;
import java.util.stream.Collectors;

/** Answers for what failed outside of the controllers, where the container dispatches to /error. */
@RestController
@Hidden
class ProblemErrorController implements ErrorController {

    private final List<RequestMappingInfoHandlerMapping> mappings;

    ProblemErrorController(List<RequestMappingInfoHandlerMapping> mappings) {
        this.mappings = mappings;
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
        PathContainer parsed = PathContainer.parsePath(path);
        String methods =
                mappings.stream()
                        .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                        .filter(info -> matches(info, parsed))
                        .flatMap(info -> info.getMethodsCondition().getMethods().stream())
                        .map(RequestMethod::name)
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
        return methods.isEmpty() ? "GET, HEAD" : methods; // a file, then
    }

    private static boolean matches(RequestMappingInfo info, PathContainer path) {
        PathPatternsRequestCondition patterns = info.getPathPatternsCondition();
        return patterns != null
                && patterns.getPatterns().stream().anyMatch(pattern -> pattern.matches(path));
    }

    private static String path(HttpServletRequest request) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return path == null ? request.getRequestURI() : text(path);
    }

    private static String text(@Nullable Object value) {
        return String.valueOf(value);
    }
}

package dev.faultline.api.web;

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
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for what failed outside of the controllers, where the container dispatches to /error. */
@RestController
@Hidden
class ProblemErrorController implements ErrorController {

    /** Where the container goes with a failure; no client has business there. */
    static final String PATH = "/error";

    private final AllowedMethods methods;

    ProblemErrorController(AllowedMethods methods) {
        this.methods = methods;
    }

    @RequestMapping(PATH)
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
            response.setHeader(HttpHeaders.ALLOW, AllowedMethods.header(methods.at(path(request))));
        }
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problems.of(status, Problems.detail(status), path(request)));
    }

    private static String path(HttpServletRequest request) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return path == null ? request.getRequestURI() : text(path);
    }

    private static String text(@Nullable Object value) {
        return String.valueOf(value);
    }
}

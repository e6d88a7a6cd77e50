package dev.faultline.api.web;

import dev.faultline.api.connections.WholeServer;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.util.Set;

/**
 * Reads the head of a request as strictly as the contract wants it, before Spring, which is more
 * generous: paths have no parameters, a content type is one type, and {@code Allow} tells the
 * methods of the path.
 */
@Component
@Order(2)
class RequestHeadFilter extends OncePerRequestFilter {

    /** A method that nothing has, and that no library answers by itself. */
    private static final String NO_METHOD = "NONE";

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final ProblemWriter problems;
    private final AllowedMethods methods;

    RequestHeadFilter(ProblemWriter problems, AllowedMethods methods) {
        this.problems = problems;
        this.methods = methods;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ApiException wrong = wrong(request);
        if (wrong != null) {
            problems.write(request, response, wrong);
        } else if (HttpMethod.OPTIONS.matches(request.getMethod())) {
            tellMethods(request, response, chain);
        } else if (HttpMethod.TRACE.matches(request.getMethod())) {
            chain.doFilter(new Unanswered(request), response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static @Nullable ApiException wrong(HttpServletRequest request) {
        if (request.getRequestURI().equals(ProblemErrorController.PATH)) {
            return new ApiException(Reason.NOT_FOUND, Problems.detail(HttpStatus.NOT_FOUND));
        }
        if (request.getRequestURI().indexOf(';') >= 0) {
            return new ApiException(Reason.INVALID_PATH, "a path has no parameters (;) here");
        }
        String type = request.getContentType();
        boolean typed = type != null && !type.isBlank() && WITH_BODY.contains(request.getMethod());
        return typed && !isOneType(type)
                ? new ApiException(
                        Reason.UNSUPPORTED_MEDIA_TYPE,
                        "'" + JsonErrors.shortened(type) + "' is no media type of a body")
                : null;
    }

    private static boolean isOneType(String type) {
        try {
            return MediaType.parseMediaType(type).isConcrete();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private void tellMethods(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean ofTheServer = request.getAttribute(WholeServer.ASKED) != null;
        Set<String> known = ofTheServer ? methods.all() : methods.at(request.getRequestURI());
        if (known.isEmpty()) { // a file, or nothing
            chain.doFilter(request, new Silent(response));
        } else {
            response.setHeader(HttpHeaders.ALLOW, AllowedMethods.header(known));
            response.setContentLength(0);
        }
    }

    /** A TRACE, which the servlet would answer with what it was sent. */
    private static final class Unanswered extends HttpServletRequestWrapper {

        Unanswered(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getMethod() {
            return NO_METHOD;
        }
    }

    /** An answer that tells no methods of what is not there, as the servlet would. */
    private static final class Silent extends HttpServletResponseWrapper {

        Silent(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void setHeader(String name, String value) {
            if (getStatus() < 400 || !HttpHeaders.ALLOW.equalsIgnoreCase(name)) {
                super.setHeader(name, value);
            }
        }
    }
}

package dev.faultline.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;

/** Refuses bodies over their limit, announced or not. Traces have none: they are never held. */
@Component
@Order(10)
class BodyLimitFilter extends OncePerRequestFilter {

    private final long limit;
    private final ProblemWriter problems;

    BodyLimitFilter(ApiSettings settings, ProblemWriter problems) {
        this.limit = settings.bodyBytes();
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return request.getContentLengthLong() == 0
                || path.endsWith("/trace")
                || path.equals("/v1/traces");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > limit) {
            problems.write(request, response, tooLarge());
        } else if (request.getContentLengthLong() > 0) {
            chain.doFilter(request, response);
        } else {
            chain.doFilter(new Counted(request), response);
        }
    }

    private ApiException tooLarge() {
        return new ApiException(
                HttpStatus.CONTENT_TOO_LARGE,
                "BODY_TOO_LARGE",
                "a body may have at most " + limit + " bytes");
    }

    /** A request of unknown length, whose bytes are counted as they are read. */
    private final class Counted extends HttpServletRequestWrapper {

        Counted(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new TappedStream(super.getInputStream()) {
                private long count;

                @Override
                void seen(byte[] bytes, int offset, int length) {
                    count += length;
                    if (count > limit) {
                        throw tooLarge();
                    }
                }
            };
        }
    }
}

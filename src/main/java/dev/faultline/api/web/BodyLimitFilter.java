package dev.faultline.api.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Refuses bodies over their limit, announced or not, and those that there is no memory for: what
 * all requests under way have read of their bodies is bounded too. Traces have no limit: they are
 * never held. Exports of machines have one of their own.
 */
@Component
@Order(10)
class BodyLimitFilter extends OncePerRequestFilter {

    /** So much of a body is always read, so that a short one is never refused for long ones. */
    private static final long FREE = 1 << 14;

    private static final String EXPORT = "application/x-faultline";

    private final long limit;
    private final long limitOfAll;
    private final AtomicLong held = new AtomicLong();
    private final ProblemWriter problems;

    BodyLimitFilter(ApiSettings settings, ProblemWriter problems) {
        long heap = Runtime.getRuntime().maxMemory();
        this.limit = settings.bodyBytes(heap);
        this.limitOfAll = settings.bodiesBytes(heap);
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        boolean isTrace = path.endsWith("/trace") || path.equals("/v1/traces");
        String type = request.getContentType();
        boolean isExport = type != null && type.startsWith(EXPORT); // read line by line
        return request.getContentLengthLong() == 0
                || isExport && path.equals("/v1/machines")
                || isTrace && HttpMethod.POST.matches(request.getMethod()); // and no file's name
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > limit) {
            problems.write(request, response, tooLarge());
            return;
        }
        Counted counted = new Counted(request);
        try {
            chain.doFilter(counted, response);
        } finally {
            held.addAndGet(-counted.claimed);
        }
    }

    private ApiException tooLarge() {
        return new ApiException(
                Reason.BODY_TOO_LARGE, "a body may have at most " + limit + " bytes");
    }

    private ApiException tooManyAtOnce() {
        return new ApiException(
                        Reason.TOO_MANY_BODIES,
                        "the bodies of all requests under way may have at most "
                                + limitOfAll
                                + " bytes together; try again later")
                .withHeader(HttpHeaders.RETRY_AFTER, "1");
    }

    /** A request whose body is counted while it is read. */
    private final class Counted extends HttpServletRequestWrapper {

        private long claimed;

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
                    if (count > FREE) {
                        claim(count - FREE);
                    }
                }
            };
        }

        private void claim(long bytes) {
            long more = bytes - claimed;
            claimed = bytes;
            if (held.addAndGet(more) > limitOfAll) {
                throw tooManyAtOnce();
            }
        }
    }
}

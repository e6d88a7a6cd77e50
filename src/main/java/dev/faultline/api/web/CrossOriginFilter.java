package dev.faultline.api.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Lets pages of other origins use this server, if the settings allow them (CORS). Others are told
 * so when their browser asks (a preflight), and nothing that they send changes anything: a POST
 * without a body needs no preflight, so that any page could reset a machine.
 */
@Component
@Order(1)
class CrossOriginFilter extends OncePerRequestFilter {

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    /** What a page may send; browsers let it send a few more without asking. */
    private static final List<String> SENT =
            List.of(
                    HttpHeaders.ACCEPT,
                    HttpHeaders.AUTHORIZATION,
                    HttpHeaders.CONTENT_TYPE,
                    HttpHeaders.CONTENT_ENCODING,
                    HttpHeaders.IF_MATCH,
                    HttpHeaders.IF_NONE_MATCH,
                    IdempotencyFilter.KEY,
                    "Last-Event-ID",
                    "Prefer",
                    RequestIdFilter.HEADER);

    /** What a page may read. */
    private static final List<String> ANSWERED =
            List.of(
                    HttpHeaders.ALLOW,
                    HttpHeaders.ETAG,
                    HttpHeaders.LINK,
                    HttpHeaders.LOCATION,
                    "RateLimit",
                    "RateLimit-Policy",
                    HttpHeaders.RETRY_AFTER,
                    HttpHeaders.WWW_AUTHENTICATE,
                    IdempotencyFilter.REPLAYED,
                    RequestIdFilter.HEADER);

    private final ProblemWriter problems;
    private final CorsConfiguration rules = new CorsConfiguration();

    /** Spring's, but the problem document says what is refused. */
    private final DefaultCorsProcessor processor =
            new DefaultCorsProcessor() {
                @Override
                protected void rejectRequest(ServerHttpResponse response) {}
            };

    CrossOriginFilter(CorsSettings settings, ProblemWriter problems) {
        this.problems = problems;
        rules.setAllowedOrigins(settings.allowedOrigins());
        rules.setAllowedMethods(METHODS);
        rules.setAllowedHeaders(SENT);
        rules.setExposedHeaders(ANSWERED);
        rules.setMaxAge(Duration.ofHours(1));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        boolean preflight = CorsUtils.isPreFlightRequest(request);
        if (origin != null && !isOurs(request) && rules.checkOrigin(origin) == null) {
            if (preflight || !SAFE.contains(request.getMethod())) {
                problems.write(request, response, foreign(origin));
            } else {
                chain.doFilter(request, response);
            }
        } else if (!isOff() && !processor.processRequest(rules, request, response)) {
            problems.write(request, response, notOffered());
        } else if (!preflight || isOff()) {
            chain.doFilter(request, response);
        }
    }

    private boolean isOff() {
        List<String> allowed = rules.getAllowedOrigins();
        return allowed == null || allowed.isEmpty();
    }

    /** Whether a page of this server asks. A browser's own word counts, as proxies change names. */
    private static boolean isOurs(HttpServletRequest request) {
        return "same-origin".equals(request.getHeader("Sec-Fetch-Site"))
                || !CorsUtils.isCorsRequest(request);
    }

    private static ApiException foreign(String origin) {
        return new ApiException(
                Reason.ORIGIN_NOT_ALLOWED,
                "pages of '"
                        + JsonErrors.shortened(origin)
                        + "' may not use this server; faultline.cors.allowed-origins lists those"
                        + " that may");
    }

    private static ApiException notOffered() {
        return new ApiException(
                Reason.ORIGIN_NOT_ALLOWED,
                "pages of other origins may use the methods "
                        + String.join(", ", METHODS)
                        + " and the headers "
                        + String.join(", ", SENT));
    }
}

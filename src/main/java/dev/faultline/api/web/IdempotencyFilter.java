package dev.faultline.api.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.faultline.hosting.HostingException;
import dev.faultline.hosting.MachineHost;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Honours {@code Idempotency-Key} on every POST: the same key with the same request gives the
 * stored answer again and does not touch the machine.
 *
 * <p>A key belongs to its caller and its machine, and ends with the machine. An answer is stored if
 * the request succeeded, changed the machine or met a mistake of the server's; a request that was
 * refused may be tried again under its key. The body is hashed as it streams by, so that a long
 * trace is never held.
 */
@Component
@Order(20)
public class IdempotencyFilter extends OncePerRequestFilter {

    static final String KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotency-Replayed";

    /** A request attribute that is set once the machine has changed, or may have. */
    public static final String CHANGED = IdempotencyFilter.class.getName() + ".CHANGED";

    private static final Set<String> STORED_HEADERS =
            Set.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ETAG, HttpHeaders.LOCATION);

    /** An owner's key within its machine, or within the server for what makes machines. */
    private record Scope(Owner owner, Object place, String key) {}

    private record Answer(
            byte[] fingerprint, int status, Map<String, String> headers, byte[] body) {
        int weight() {
            return 512 + body.length;
        }
    }

    private final MachineHost host;
    private final Callers callers;
    private final ProblemWriter problems;
    private final Cache<Scope, Answer> answers;
    private final ConcurrentMap<Scope, Boolean> underWay = new ConcurrentHashMap<>();

    IdempotencyFilter(
            MachineHost host, Callers callers, ProblemWriter problems, ApiSettings settings) {
        this.host = host;
        this.callers = callers;
        this.problems = problems;
        this.answers =
                Caffeine.newBuilder()
                        .maximumWeight(settings.idempotencyBytes(Runtime.getRuntime().maxMemory()))
                        .weigher((Scope scope, Answer answer) -> answer.weight())
                        .expireAfterWrite(settings.idempotencyRetention())
                        .build();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getHeader(KEY) == null
                || !HttpMethod.POST.matches(request.getMethod())
                || !"v1".equals(segment(request, 0));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader(KEY);
        if (key.isEmpty() || key.length() > 255) {
            problems.write(
                    request,
                    response,
                    ApiException.badParameter(KEY, "must have 1 to 255 characters"));
            return;
        }
        Scope scope = scope(request, key);
        if (underWay.putIfAbsent(scope, true) != null) {
            problems.write(
                    request,
                    response,
                    new ApiException(
                            Reason.REQUEST_UNDER_WAY,
                            "the first request with this Idempotency-Key is still being answered"));
            return;
        }
        Answer stored = answers.getIfPresent(scope);
        if (stored != null) {
            underWay.remove(scope);
            replay(stored, request, response);
            return;
        }
        ContentCachingResponseWrapper captured = new ContentCachingResponseWrapper(response);
        try {
            answerAndStore(scope, request, captured, chain);
        } finally {
            underWay.remove(scope); // before the client has the answer and may come again
        }
        captured.copyBodyToResponse();
    }

    private Scope scope(HttpServletRequest request, String key) {
        Caller caller = callers.current();
        return new Scope(caller.owner(), place(caller, segment(request, 2)), key);
    }

    private Object place(Caller caller, @Nullable String machine) {
        try {
            return machine == null ? host : host.find(caller, machine).token();
        } catch (HostingException e) {
            return host;
        }
    }

    /** A segment of the path as the controllers see it, without escapes and parameters. */
    private static @Nullable String segment(HttpServletRequest request, int number) {
        return PathContainer.parsePath(request.getRequestURI()).elements().stream()
                .filter(PathContainer.PathSegment.class::isInstance)
                .map(element -> ((PathContainer.PathSegment) element).valueToMatch())
                .skip(number)
                .findFirst()
                .orElse(null);
    }

    private void answerAndStore(
            Scope scope,
            HttpServletRequest request,
            ContentCachingResponseWrapper captured,
            FilterChain chain)
            throws ServletException, IOException {
        Hashed hashed = new Hashed(request);
        chain.doFilter(hashed, captured);
        boolean succeeded = captured.getStatus() < 300;
        if (succeeded || request.getAttribute(CHANGED) != null) {
            Map<String, String> headers = new TreeMap<>();
            for (String name : STORED_HEADERS) {
                String value = captured.getHeader(name);
                if (value != null) {
                    headers.put(name, value);
                }
            }
            if (captured.getContentType() != null) {
                headers.put(HttpHeaders.CONTENT_TYPE, captured.getContentType());
            }
            answers.put(
                    scope,
                    new Answer(
                            hashed.fingerprint(),
                            captured.getStatus(),
                            headers,
                            captured.getContentAsByteArray()));
        }
    }

    private void replay(Answer stored, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] fingerprint;
        try {
            fingerprint = new Hashed(request).fingerprint();
        } catch (ApiException tooLarge) {
            problems.write(request, response, tooLarge);
            return;
        }
        if (!MessageDigest.isEqual(stored.fingerprint(), fingerprint)) {
            problems.write(
                    request,
                    response,
                    new ApiException(
                            Reason.IDEMPOTENCY_KEY_REUSED,
                            "this Idempotency-Key was used for another request"));
            return;
        }
        response.setStatus(stored.status());
        stored.headers().forEach(response::setHeader);
        response.setHeader(REPLAYED, "true");
        response.setContentLength(stored.body().length);
        response.getOutputStream().write(stored.body());
    }

    /** A request whose body is hashed while it is read. */
    private static final class Hashed extends HttpServletRequestWrapper {

        private final MessageDigest hash;
        private @Nullable ServletInputStream in;

        Hashed(HttpServletRequest request) {
            super(request);
            try {
                hash = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
            String line = request.getRequestURI() + "?" + request.getQueryString() + "\n";
            hash.update(line.getBytes(StandardCharsets.UTF_8));
        }

        /** The hash of the path, the query and the whole body, what was not read included. */
        byte[] fingerprint() throws IOException {
            try (InputStream rest = getInputStream()) {
                rest.transferTo(OutputStream.nullOutputStream());
            }
            return hash.digest();
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (in == null) {
                in =
                        new TappedStream(super.getInputStream()) {
                            @Override
                            void seen(byte[] bytes, int offset, int length) {
                                hash.update(bytes, offset, length);
                            }
                        };
            }
            return in;
        }
    }
}

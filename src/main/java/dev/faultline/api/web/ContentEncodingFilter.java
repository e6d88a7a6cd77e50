package dev.faultline.api.web;

import dev.faultline.history.Packing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Takes bodies that are packed with gzip or zstd, of every endpoint. What comes after it, the limit
 * of a body's length too, sees them unpacked.
 */
@Component
@Order(5)
class ContentEncodingFilter extends OncePerRequestFilter {

    /** What only the packed body has. */
    private static final Set<String> HIDDEN =
            Set.of("content-encoding", "content-length", "transfer-encoding");

    private final ProblemWriter problems;
    private final int mostRatio;
    private final boolean hasZstd;

    ContentEncodingFilter(ApiSettings settings, ProblemWriter problems) {
        this.problems = problems;
        mostRatio = settings.unpackedRatio();
        hasZstd = Packing.isAvailable(); // loaded now, while the temporary folder has room
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        return encoding == null || encoding.strip().equalsIgnoreCase("identity");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING).strip();
        UnpackedStream.Unpacker unpacker =
                switch (encoding.toLowerCase(Locale.ROOT)) {
                    case "gzip", "x-gzip" -> GZIPInputStream::new;
                    case "zstd" -> hasZstd ? Packing::unpacking : null;
                    default -> null;
                };
        if (unpacker != null) {
            chain.doFilter(new Unpacked(request, unpacker, mostRatio), response);
            return;
        }
        String known = hasZstd ? "gzip, zstd" : "gzip";
        problems.write(
                request,
                response,
                new ApiException(
                                Reason.UNSUPPORTED_ENCODING,
                                "no Content-Encoding '" + encoding + "'; known: " + known)
                        .withHeader(HttpHeaders.ACCEPT_ENCODING, known));
    }

    /** A request as if its body had come unpacked. */
    private static final class Unpacked extends HttpServletRequestWrapper {

        private final UnpackedStream.Unpacker unpacker;
        private final int mostRatio;
        private @Nullable ServletInputStream in;

        Unpacked(HttpServletRequest request, UnpackedStream.Unpacker unpacker, int mostRatio) {
            super(request);
            this.unpacker = unpacker;
            this.mostRatio = mostRatio;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (in == null) {
                in = new UnpackedStream(super.getInputStream(), unpacker, mostRatio);
            }
            return in;
        }

        @Override
        public int getContentLength() {
            return -1;
        }

        @Override
        public long getContentLengthLong() {
            return -1;
        }

        private static boolean isHidden(String name) {
            return HIDDEN.contains(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public @Nullable String getHeader(String name) {
            return isHidden(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            List<String> shown =
                    Collections.list(super.getHeaderNames()).stream()
                            .filter(name -> !isHidden(name))
                            .toList();
            return Collections.enumeration(shown);
        }
    }
}

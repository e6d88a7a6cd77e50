package dev.faultline.api.web;

import com.github.luben.zstd.ZstdInputStream;

import dev.faultline.history.Packing;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
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
import java.io.InputStream;
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
    private final boolean hasZstd;

    ContentEncodingFilter(ProblemWriter problems) {
        this.problems = problems;
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
        Unpacker unpacker =
                switch (encoding.toLowerCase(Locale.ROOT)) {
                    case "gzip", "x-gzip" -> GZIPInputStream::new;
                    case "zstd" -> hasZstd ? ZstdInputStream::new : null;
                    default -> null;
                };
        if (unpacker != null) {
            chain.doFilter(new Unpacked(request, unpacker), response);
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

    /** Makes the stream that unpacks another. */
    private interface Unpacker {
        InputStream unpack(InputStream packed) throws IOException;
    }

    /** A request as if its body had come unpacked. */
    private static final class Unpacked extends HttpServletRequestWrapper {

        private final Unpacker unpacker;
        private @Nullable ServletInputStream in;

        Unpacked(HttpServletRequest request, Unpacker unpacker) {
            super(request);
            this.unpacker = unpacker;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (in == null) {
                in = new UnpackedStream(super.getInputStream(), unpacker);
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

    /** Unpacks from the first byte that is asked for on, so that a bad body is a bad body. */
    private static final class UnpackedStream extends ServletInputStream {

        private final ServletInputStream packed;
        private final Unpacker unpacker;
        private @Nullable InputStream unpacked;
        private boolean finished;

        UnpackedStream(ServletInputStream packed, Unpacker unpacker) {
            this.packed = packed;
            this.unpacker = unpacker;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            InputStream from = unpacked;
            if (from == null) {
                from = unpacker.unpack(packed);
                unpacked = from;
            }
            int read = from.read(bytes, offset, length);
            finished |= read < 0;
            return read;
        }

        @Override
        public boolean isFinished() {
            return finished;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("a packed body is read as it comes");
        }
    }
}

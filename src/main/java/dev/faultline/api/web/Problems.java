package dev.faultline.api.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

import java.net.URI;
import java.util.Locale;

/**
 * Makes problem documents (RFC 9457): {@code type} and {@code title} follow from {@code reason}, so
 * that one reason always looks the same.
 */
final class Problems {

    private Problems() {}

    static ProblemDetail of(HttpStatus status, String reason, String detail, String path) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        String slug = reason.toLowerCase(Locale.ROOT).replace('_', '-');
        problem.setType(URI.create("/problems/" + slug));
        problem.setTitle(title(slug));
        problem.setInstance(instance(path));
        problem.setProperty("reason", reason);
        return problem;
    }

    /** The reason for a status that nothing more is known of. */
    static String reason(HttpStatus status) {
        return status.name();
    }

    /** What is said of a status that nothing more is known of. */
    static String detail(HttpStatus status) {
        return switch (status) {
            case INTERNAL_SERVER_ERROR -> "the server made a mistake; it has been logged";
            case NOT_IMPLEMENTED ->
                    "the server does not know this method, or this Transfer-Encoding";
            case HTTP_VERSION_NOT_SUPPORTED -> "the server speaks HTTP/1.0 and HTTP/1.1";
            case EXPECTATION_FAILED -> "the one Expect that can be met is 100-continue";
            case BAD_REQUEST -> "the request line, the path, a header or the body cannot be read";
            default -> status.getReasonPhrase();
        };
    }

    private static String title(String slug) {
        return Character.toUpperCase(slug.charAt(0)) + slug.substring(1).replace('-', ' ');
    }

    /** The path as a URI; parts that no URI can have are escaped. */
    private static URI instance(String path) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < Math.min(path.length(), 2048); i++) {
            char c = path.charAt(i);
            boolean plain =
                    c == '/'
                            || c == '-'
                            || c == '.'
                            || c == '_'
                            || c == '~'
                            || c == '%' && isEscape(path, i)
                            || c < 128 && Character.isLetterOrDigit(c);
            safe.append(plain ? String.valueOf(c) : String.format("%%%02X", c & 0xFF));
        }
        return URI.create("/" + safe.toString().replaceFirst("^/+", ""));
    }

    private static boolean isEscape(String path, int at) {
        return at + 2 < path.length()
                && Character.digit(path.charAt(at + 1), 16) >= 0
                && Character.digit(path.charAt(at + 2), 16) >= 0;
    }
}

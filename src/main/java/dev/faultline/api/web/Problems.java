package dev.faultline.api.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

import java.net.URI;

/**
 * Makes problem documents (RFC 9457): all but the words follow from the {@link Reason}, so that one
 * reason always looks the same.
 */
final class Problems {

    private Problems() {}

    static ProblemDetail of(Reason reason, String detail, String path) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(reason.status(), detail);
        problem.setType(reason.type());
        problem.setTitle(reason.title());
        problem.setInstance(instance(path));
        problem.setProperty("reason", reason.name());
        return problem;
    }

    /** The problem of a status that nothing more is known of than these words. */
    static ProblemDetail of(HttpStatus status, String detail, String path) {
        ProblemDetail problem = of(Reason.of(status), detail, path);
        problem.setStatus(status);
        return problem;
    }

    /** What is said of a status that nothing more is known of. */
    static String detail(HttpStatus status) {
        return switch (status) {
            case INTERNAL_SERVER_ERROR -> "the server made a mistake; it has been logged";
            case NOT_IMPLEMENTED ->
                    "the server does not know this method, or this Transfer-Encoding";
            case HTTP_VERSION_NOT_SUPPORTED -> "the server speaks HTTP/1.0 and HTTP/1.1";
            case EXPECTATION_FAILED -> "the one Expect that can be met is 100-continue";
            case NOT_FOUND -> "there is nothing at this path";
            case BAD_REQUEST -> "the request line, the path, a header or the body cannot be read";
            default -> status.getReasonPhrase();
        };
    }

    /** The path as a URI; parts that no URI can have are escaped. */
    static URI instance(String path) {
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

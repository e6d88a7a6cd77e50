package dev.faultline.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A request. Ids that the server makes stand in path, headers and body as {@code {{n}}}, for what
 * the n-th step made, so that a request means the same when it is played again.
 *
 * @param headers lines without their ends
 * @param body null for none; bytes, as ISO 8859-1, are not needed by any media type
 */
record Call(String method, String path, List<String> headers, @Nullable String body) {

    static Call get(String path) {
        return new Call("GET", path, List.of(), null);
    }

    static Call json(String method, String path, String body) {
        return new Call(method, path, List.of("Content-Type: " + Contract.JSON), body);
    }

    Call method(String other) {
        return new Call(other, path, headers, body);
    }

    Call path(String other) {
        return new Call(method, other, headers, body);
    }

    Call body(@Nullable String other) {
        return new Call(method, path, headers, other);
    }

    Call with(String header) {
        String name = header.substring(0, header.indexOf(':') + 1);
        List<String> all = new ArrayList<>(headers);
        all.removeIf(each -> each.regionMatches(true, 0, name, 0, name.length()));
        all.add(header);
        return new Call(method, path, List.copyOf(all), body);
    }

    boolean isJson() {
        return body != null && headers.contains("Content-Type: " + Contract.JSON);
    }

    /** Everything that it says, to find what it named itself. */
    String text() {
        return path + "\n" + String.join("\n", headers) + "\n" + (body == null ? "" : body);
    }

    byte[] bytes() {
        byte[] content = body == null ? new byte[0] : body.getBytes(UTF_8);
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        if (body != null || List.of("POST", "PUT", "PATCH").contains(method)) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(UTF_8));
        all.writeBytes(content);
        return all.toByteArray();
    }

    /** A command for a shell that sends the same. */
    String curl() {
        StringBuilder line = new StringBuilder("curl --path-as-is -i");
        line.append(method.equals("HEAD") ? " -I" : " -X " + method);
        line.append(' ').append(quoted("localhost:8080" + path));
        headers.forEach(header -> line.append(" -H ").append(quoted(header)));
        return body == null ? line.toString() : line + " --data-binary " + quoted(body);
    }

    private static String quoted(String text) {
        if (text.chars().anyMatch(c -> c < ' ')) {
            return "$'" + escaped(text) + "'";
        }
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '\\') {
                escaped.append('\\').append(c);
            } else {
                escaped.append(c < ' ' ? String.format("\\x%02x", (int) c) : String.valueOf(c));
            }
        }
        return escaped.toString();
    }
}

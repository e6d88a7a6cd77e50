package dev.faultline.http;

import dev.faultline.http.Hostile.Good;

/** Requests that lie about where they end, or are hardly HTTP. */
final class HostileFraming {

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    private final Dice dice;

    HostileFraming(Dice dice) {
        this.dice = dice;
    }

    Hostile next() {
        return switch (dice.below(9)) {
            case 0 -> length();
            case 1 -> chunkSize();
            case 2 -> noLastChunk();
            case 3 -> lengthAndChunks();
            case 4 -> transferCoding();
            case 5 -> version();
            case 6 -> requestLine();
            case 7 -> hostLine();
            default -> cutOff();
        };
    }

    private Hostile length() {
        Good good = dice.pick(Hostile.POSTS);
        int length = good.body().length();
        String lie =
                dice.oneOf(
                        "-1",
                        "x",
                        "",
                        "+2",
                        "0x2",
                        "1.0",
                        "2147483648",
                        "99999999999999999999",
                        length + ", " + length,
                        length + "\r\nContent-Length: 1",
                        "" + (length - 1),
                        "" + (length + 1));
        return of("content length", good, "Content-Length: " + lie + "\r\n\r\n" + good.body());
    }

    private static Hostile of(String kind, Good good, String rest) {
        return Hostile.raw(kind, Hostile.head(good.path(), Client.JSON) + rest);
    }

    private static String chunk(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body;
    }

    private Hostile chunkSize() {
        Good good = dice.pick(Hostile.POSTS);
        String more = Integer.toHexString(good.body().length() + 5);
        String size = dice.oneOf("zz", "-1", "", "FFFFFFFFFFFFFFFFF", "7fffffff", "1;x=\"", more);
        String body = size + "\r\n" + good.body() + "\r\n0\r\n\r\n";
        return of("chunk size", good, CHUNKED + body);
    }

    private Hostile noLastChunk() {
        Good good = dice.pick(Hostile.POSTS);
        String end = dice.oneOf("", "\r\n", "\r\n0", "x", "\r\n0\r\nA");
        return of("no last chunk", good, CHUNKED + chunk(good.body()) + end);
    }

    private Hostile lengthAndChunks() {
        Good good = dice.pick(Hostile.POSTS);
        String body = chunk(good.body()) + "\r\n0\r\n\r\n";
        return of("length and chunks", good, "Content-Length: 3\r\n" + CHUNKED + body);
    }

    private Hostile transferCoding() {
        Good good = dice.pick(Hostile.POSTS);
        String coding =
                dice.oneOf("gzip", "xchunked", "chunked, gzip", "chunked, chunked", "identity", "");
        return of(
                "transfer coding", good, "Transfer-Encoding: " + coding + "\r\n\r\n" + good.body());
    }

    private Hostile version() {
        String version =
                dice.oneOf(
                        "HTTP/0.9",
                        "HTTP/1.0",
                        "HTTP/2.0",
                        "HTTP/9.9",
                        "HTTP",
                        "http/1.1",
                        "HTTP/1.1 x",
                        "");
        return Hostile.raw("HTTP version", "GET /v1/machines " + version + "\r\nHost: h\r\n\r\n");
    }

    private Hostile requestLine() {
        String line =
                dice.oneOf(
                        "",
                        "GET",
                        "GET /v1/machines",
                        "GET\t/v1/machines\tHTTP/1.1",
                        "GET http://x/v1/machines HTTP/1.1",
                        "GET v1/machines HTTP/1.1",
                        "GET * HTTP/1.1",
                        "\u0016\u0003\u0001\u0002\0\u0001",
                        "{\"frames\":4}");
        return Hostile.raw("request line", line + "\r\nHost: h\r\nConnection: close\r\n\r\n");
    }

    private Hostile hostLine() {
        String rest =
                dice.oneOf(
                        "\r\n\r\n",
                        "\r\nHost: a\r\nHost: b\r\n\r\n",
                        "\r\nHost: a b\r\n\r\n",
                        "\r\nHost\r\n\r\n",
                        "\r\nHost : a\r\n\r\n",
                        "\nHost: a\nConnection: close\n\n",
                        "\r\nHost: a\r\nX:",
                        "\r\nHost: [::\r\n\r\n");
        return Hostile.raw("host", "GET /v1/machines HTTP/1.1" + rest);
    }

    private Hostile cutOff() {
        Good good = dice.pick(Hostile.POSTS);
        int length = good.body().length();
        String sent = good.body().substring(0, dice.below(length + 1));
        return of("cut off", good, "Content-Length: " + (length + 9) + "\r\n\r\n" + sent);
    }
}

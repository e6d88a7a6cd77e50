package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Makes requests that no well-behaved client sends, each from a good one with something spoilt. */
final class HostileRequests {

    /** The machine that the requests are about; it has process 1. */
    static final String VICTIM = "/v1/machines/victim";

    /**
     * A spoilt request.
     *
     * @param kind what was spoilt
     * @param hangsUp whether the client goes away without waiting for the answer
     */
    record Hostile(String kind, byte[] bytes, boolean hangsUp) {

        boolean isTrace() {
            return kind.startsWith("trace");
        }

        /** The status 501 or 505 that HTTP itself asks for here; 0 elsewhere. */
        int serverErrorAllowed() {
            return switch (kind) {
                case "transfer encoding" -> 501;
                case "HTTP version" -> 505;
                default -> 0;
            };
        }

        @Override
        public String toString() {
            String text = new String(bytes, 0, Math.min(bytes.length, 1500), ISO_8859_1);
            return kind + ":\n" + text;
        }
    }

    private record Good(String path, String body) {}

    private static final List<Good> POSTS =
            List.of(
                    good(
                            "/v1/machines",
                            "{'seed':1,'pageSize':4096,'frames':8,'addressBits':32,"
                                    + "'translation':{'kind':'hierarchical','levels':[10,10]},"
                                    + "'tlb':{'entries':16,'ways':4,'tagged':true},"
                                    + "'replacement':{'policy':'clock','scope':'global'},"
                                    + "'swap':{'slots':64},'costs':{'swapIn':8},"
                                    + "'limits':{'processes':9,'events':100}}"),
                    good(VICTIM + "/clone", "{'id':'copy'}"),
                    good(
                            VICTIM + "/processes",
                            "{'name':'p','areas':[{'start':'0x1000','length':4096,"
                                    + "'protection':'rw-','kind':'anonymous'}],"
                                    + "'onSignal':'continue'}"),
                    good(
                            VICTIM + "/processes/1/accesses",
                            "{'accesses':[{'op':'read','address':'0x1004'},"
                                    + "{'op':'write','address':8192,'size':4,'value':7}]}"),
                    good(VICTIM + "/processes/1/fork", "{}"),
                    good(VICTIM + "/processes/9/exit", "{}"),
                    good(VICTIM + "/reset", "{}"));

    /** Bodies with a hole for any value. */
    private static final List<Good> HOLES =
            List.of(
                    good("/v1/machines", "{'id':%}"),
                    good("/v1/machines", "{'preset':%}"),
                    good("/v1/machines", "{'seed':%}"),
                    good("/v1/machines", "{'pageSize':%}"),
                    good("/v1/machines", "{'frames':%}"),
                    good("/v1/machines", "{'addressBits':%}"),
                    good("/v1/machines", "{'translation':%}"),
                    good("/v1/machines", "{'translation':{'kind':%}}"),
                    good("/v1/machines", "{'translation':{'levels':%}}"),
                    good("/v1/machines", "{'translation':{'levels':[9,%]}}"),
                    good("/v1/machines", "{'tlb':%}"),
                    good("/v1/machines", "{'tlb':{'entries':%}}"),
                    good("/v1/machines", "{'tlb':{'ways':%}}"),
                    good("/v1/machines", "{'tlb':{'tagged':%}}"),
                    good("/v1/machines", "{'replacement':%}"),
                    good("/v1/machines", "{'replacement':{'policy':%}}"),
                    good("/v1/machines", "{'swap':{'slots':%}}"),
                    good("/v1/machines", "{'costs':{'memoryReference':%}}"),
                    good("/v1/machines", "{'limits':{'tableBytes':%}}"),
                    good("/v1/machines", "{'limits':{'events':%}}"),
                    good("/v1/machines", "%"),
                    good(VICTIM + "/clone", "{'id':%}"),
                    good(VICTIM + "/reset", "%"),
                    good(VICTIM + "/processes/1/fork", "%"),
                    good(VICTIM + "/processes", "{'name':%}"),
                    good(VICTIM + "/processes", "{'areas':%}"),
                    good(VICTIM + "/processes", "{'areas':[%]}"),
                    good(VICTIM + "/processes", "{'onSignal':%}"),
                    good(
                            VICTIM + "/processes",
                            "{'areas':[{'start':%,'length':1,'protection':'r--'}]}"),
                    good(
                            VICTIM + "/processes",
                            "{'areas':[{'start':0,'length':%,'protection':'r--'}]}"),
                    good(
                            VICTIM + "/processes",
                            "{'areas':[{'start':0,'length':1,'protection':%}]}"),
                    good(VICTIM + "/processes/1/accesses", "{'accesses':%}"),
                    good(VICTIM + "/processes/1/accesses", "{'accesses':[%]}"),
                    good(VICTIM + "/processes/1/accesses", "{'accesses':[{'op':%,'address':1}]}"),
                    good(
                            VICTIM + "/processes/1/accesses",
                            "{'accesses':[{'op':'read','address':%}]}"),
                    good(
                            VICTIM + "/processes/1/accesses",
                            "{'accesses':[{'op':'read','address':1,'size':%}]}"),
                    good(
                            VICTIM + "/processes/1/accesses",
                            "{'accesses':[{'op':'write','address':1,'size':8,'value':%}]}"));

    private static final List<String> VALUES =
            List.of(
                    "0",
                    "-0",
                    "1",
                    "-1",
                    "15",
                    "16",
                    "20",
                    "21",
                    "62",
                    "63",
                    "64",
                    "4095",
                    "4096",
                    "4097",
                    "32767",
                    "32768",
                    "65537",
                    "1048576",
                    "1048577",
                    "1073741824",
                    "2147483647",
                    "2147483648",
                    "4294967296",
                    "9223372036854775807",
                    "9223372036854775808",
                    "-9223372036854775808",
                    "-9223372036854775809",
                    "18446744073709551615",
                    "18446744073709551616",
                    "1e2",
                    "1e400",
                    "1e-400",
                    "1.5",
                    "1.0",
                    "-0.0",
                    "9".repeat(400),
                    "9".repeat(5000),
                    "true",
                    "false",
                    "null",
                    "''",
                    "'x'",
                    "'1'",
                    "' '",
                    "'0x'",
                    "'0x0'",
                    "'0X1'",
                    "'0xffffffffffffffff'",
                    "'0x10000000000000000'",
                    "'-0x1'",
                    "'\\u0000'",
                    "'\\ud800'",
                    "'\\ud83d\\ude00'",
                    "'" + "a".repeat(63) + "'",
                    "'" + "a".repeat(64) + "'",
                    "'" + "a".repeat(100_000) + "'",
                    "'rwx'",
                    "'../../x'",
                    "'<script>'",
                    "'%s%n'",
                    "[]",
                    "[null]",
                    "[[]]",
                    "[1,2,3]",
                    "{}",
                    "{'':0}",
                    "{'a':{'b':[{}]}}",
                    "NaN",
                    "Infinity",
                    "undefined",
                    "0x10",
                    "01",
                    "+1",
                    ".5",
                    "1.",
                    "'unclosed");

    private static final List<String> GETS =
            List.of(
                    "/v1/machines",
                    "/v1/presets",
                    "/v1/targets",
                    VICTIM,
                    VICTIM + "/counters",
                    VICTIM + "/metrics",
                    VICTIM + "/frames",
                    VICTIM + "/tlb",
                    VICTIM + "/swap",
                    VICTIM + "/events",
                    VICTIM + "/processes",
                    VICTIM + "/processes/1",
                    VICTIM + "/processes/1/areas",
                    VICTIM + "/processes/1/pages",
                    VICTIM + "/memory?pid=1&address=0x1000&length=8",
                    "/v3/api-docs",
                    "/swagger-ui/index.html",
                    "/docs",
                    "/actuator/health",
                    "/actuator/prometheus",
                    "/nothing",
                    "/",
                    "/error");

    private final Random random;

    HostileRequests(long seed) {
        random = new Random(seed);
    }

    private static Good good(String path, String body) {
        return new Good(path, body.replace('\'', '"'));
    }

    Hostile next() {
        return switch (random.nextInt(15)) {
            case 0, 1 -> malformedJson();
            case 2, 3, 4 -> wrongValue();
            case 5 -> nesting();
            case 6 -> encoding();
            case 7 -> method();
            case 8 -> mediaType();
            case 9 -> path();
            case 10 -> query();
            case 11 -> header();
            case 12 -> framing();
            default -> trace();
        };
    }

    // ---- bodies

    private Hostile malformedJson() {
        Good good = pick(POSTS);
        byte[] body = good.body.getBytes(UTF_8);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            body = spoilt(body, "{}[]\":,0123456789eE.-+ntfu\\/* \t\n\r\0x'".getBytes(ISO_8859_1));
        }
        return post("malformed JSON", good.path, body);
    }

    /** Bytes with one taken out, put in or changed, a part doubled, or the end cut off. */
    private byte[] spoilt(byte[] bytes, byte[] alphabet) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        byte other = alphabet[random.nextInt(alphabet.length)];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (random.nextInt(5)) {
            case 0 -> out.write(bytes, at + 1, bytes.length - at - 1);
            case 1 -> {
                out.write(other);
                out.write(bytes, at, bytes.length - at);
            }
            case 2 -> {
                out.write(other);
                out.write(bytes, at + 1, bytes.length - at - 1);
            }
            case 3 -> {
                int from = random.nextInt(at + 1);
                out.write(bytes, from, bytes.length - from);
            }
            default -> {} // cut off
        }
        return out.toByteArray();
    }

    private Hostile wrongValue() {
        Good hole = pick(HOLES);
        String value = pick(VALUES).replace('\'', '"');
        return post("wrong value", hole.path, hole.body.replace("%", value).getBytes(UTF_8));
    }

    private Hostile nesting() {
        Good hole = pick(HOLES);
        int depth = 1 << random.nextInt(18);
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        String value = open.repeat(depth);
        if (random.nextBoolean()) {
            value += "0" + (open.equals("[") ? "]" : "}").repeat(depth);
        }
        return post("nesting", hole.path, hole.body.replace("%", value).getBytes(UTF_8));
    }

    private Hostile encoding() {
        Good good = pick(POSTS);
        byte[] body =
                switch (random.nextInt(6)) {
                    case 0 -> good.body.getBytes(UTF_16);
                    case 1 -> ("\uFEFF" + good.body).getBytes(UTF_8);
                    case 2 -> good.body.replace('a', (char) 0xFF).getBytes(ISO_8859_1);
                    case 3 -> good.body.replace("\"", "\"\u0001").getBytes(UTF_8);
                    case 4 -> good.body.replace("e", "\u00e9\ud83d\ude00").getBytes(UTF_8);
                    default -> new byte[1 + random.nextInt(100)];
                };
        return post("encoding", good.path, body);
    }

    // ---- the head

    private Hostile method() {
        String method =
                pick(
                        List.of(
                                "PUT",
                                "PATCH",
                                "DELETE",
                                "TRACE",
                                "OPTIONS",
                                "HEAD",
                                "CONNECT",
                                "QUERY",
                                "PROPFIND",
                                "get",
                                "G\u00cbT",
                                "G<T",
                                "X".repeat(5000),
                                "POST",
                                "GET",
                                "PRI",
                                "",
                                "\0",
                                "a\tb"));
        String path = random.nextBoolean() ? pick(GETS) : pick(POSTS).path;
        if (method.equals("DELETE") && path.equals(VICTIM)) {
            path = VICTIM + "/reset";
        }
        return plain("method", method + " " + path + " HTTP/1.1", "", "");
    }

    private Hostile mediaType() {
        String type =
                pick(
                        List.of(
                                "",
                                "text/plain",
                                "application/xml",
                                "application/yaml",
                                "application/x-www-form-urlencoded",
                                "multipart/form-data",
                                "multipart/form-data; boundary=x",
                                "application/json; charset=utf-16",
                                "application/json; charset=nonsense",
                                "application/json;;;",
                                "application/json; charset",
                                "application/problem+json",
                                "application/*",
                                "*/*",
                                "json",
                                "/",
                                ";",
                                "application/json, text/plain",
                                "text/x-lackey",
                                "\u00ff",
                                "a/" + "b".repeat(3000)));
        Good good = pick(POSTS);
        if (random.nextBoolean()) {
            String accept = "Accept: " + type + "\r\n";
            String path = random.nextBoolean() ? pick(GETS) : good.path;
            boolean get = !path.equals(good.path);
            return plain(
                    "accept",
                    (get ? "GET " : "POST ") + path + " HTTP/1.1",
                    get ? accept : accept + "Content-Type: application/json\r\n",
                    get ? "" : good.body);
        }
        return plain(
                "content type",
                "POST " + good.path + " HTTP/1.1",
                "Content-Type: " + type + "\r\n",
                good.body);
    }

    private Hostile path() {
        String path = random.nextBoolean() ? pick(GETS) : pick(POSTS).path;
        String odd =
                pick(
                        List.of(
                                "%2F",
                                "%2f..%2f",
                                "%00",
                                "%5C",
                                "\\",
                                ";",
                                ";x=/../y",
                                "//",
                                "/./",
                                "/../",
                                "/..;/",
                                "..",
                                "%2e%2e/",
                                "%",
                                "%zz",
                                "%c0%af",
                                "%ff",
                                "\u00fc",
                                "%C3%BC",
                                "%20",
                                " ",
                                "\t",
                                "+",
                                "{}",
                                "<>",
                                "|",
                                "^",
                                "`",
                                "'",
                                "\"",
                                "*",
                                "#x",
                                "?",
                                "~",
                                ".json",
                                ":",
                                "@",
                                "\0",
                                "x".repeat(1000),
                                "x".repeat(20_000),
                                "/a".repeat(500),
                                "http://other/"));
        int at = random.nextInt(path.length() + 1);
        String target = path.substring(0, at) + odd + path.substring(at);
        String method = random.nextInt(3) > 0 ? "GET" : "POST";
        return plain("path", method + " " + target + " HTTP/1.1", "", "");
    }

    private Hostile query() {
        String path = pick(GETS).replaceFirst("\\?.*", "");
        String query = "";
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            query +=
                    pick(
                                    List.of(
                                            "limit", "cursor", "from", "to", "after", "pid",
                                            "address", "length", "", "x", "limit[]", "%00", "%zz"))
                            + pick(List.of("=", "", "=="))
                            + pick(
                                    List.of(
                                            "",
                                            "0",
                                            "1",
                                            "-1",
                                            "1.5",
                                            "x",
                                            "0x10",
                                            "1e3",
                                            "%00",
                                            "%zz",
                                            "%FF",
                                            "\u00ff",
                                            "99999999999999999999",
                                            "9223372036854775807",
                                            "2147483648",
                                            "null",
                                            "[1]",
                                            "YWZ0ZXI6",
                                            "YWZ0ZXI6LTE",
                                            "YWZ0ZXI6OTIyMzM3MjAzNjg1NDc3NTgwNw",
                                            "YWZ0ZXI6enp6",
                                            "a".repeat(3000)))
                            + pick(List.of("&", "&&", ";", ""));
        }
        return plain("query", "GET " + path + "?" + query + " HTTP/1.1", "", "");
    }

    private Hostile header() {
        String name =
                pick(
                        List.of(
                                "If-Match",
                                "If-None-Match",
                                "If-Modified-Since",
                                "Idempotency-Key",
                                "Range",
                                "Request-Id",
                                "Last-Event-ID",
                                "Expect",
                                "Cookie",
                                "Authorization",
                                "Accept-Encoding",
                                "Accept-Language",
                                "Content-Encoding",
                                "X-HTTP-Method-Override",
                                "X-Forwarded-For",
                                "Origin",
                                "Upgrade",
                                "Connection",
                                "Host",
                                "X Y",
                                "",
                                "\u00fc"));
        String value =
                pick(
                        List.of(
                                "",
                                "*",
                                "\"",
                                "\"v\"",
                                "\"v99999999999999999999\"",
                                "v1,v2,,",
                                "W/",
                                "\"v1\", \"v2\"",
                                "bytes=9-1",
                                "bytes=0-0,1-1,2-2",
                                "bytes=99999999999999999999-",
                                "items=1",
                                "-1",
                                "99999999999999999999",
                                "100-continue",
                                "200-ok",
                                "websocket",
                                "h2c",
                                "close, keep-alive, x",
                                "\u00ff\u00fe",
                                "a\0b",
                                "a\rb",
                                "a\r\n folded",
                                "k".repeat(256),
                                "k".repeat(7000),
                                "k".repeat(70_000),
                                "a=b; ".repeat(500)));
        String line = name + ": " + value + "\r\n";
        if (random.nextInt(8) == 0) {
            line = ("X-" + random.nextInt(1000) + ": 1\r\n").repeat(200);
        }
        if (random.nextBoolean()) {
            return plain("header", "GET " + pick(GETS) + " HTTP/1.1", line, "");
        }
        Good good = pick(POSTS);
        return plain(
                "header",
                "POST " + good.path + " HTTP/1.1",
                line + "Content-Type: application/json\r\n",
                good.body);
    }

    private Hostile framing() {
        Good good = pick(POSTS);
        String head = "POST " + good.path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
        String json = head + "Content-Type: application/json\r\n";
        String body = good.body;
        int length = body.length();
        return switch (random.nextInt(10)) {
            case 0 -> {
                String lie =
                        pick(
                                List.of(
                                        "-1",
                                        "x",
                                        "",
                                        "+2",
                                        "0x2",
                                        "1.0",
                                        "2147483648",
                                        "99999999999999999999",
                                        length + ", " + length,
                                        "" + (length - 1),
                                        "" + (length + 1)));
                yield raw("content length", json + "Content-Length: " + lie + "\r\n\r\n" + body);
            }
            case 1 ->
                    raw(
                            "two lengths",
                            json
                                    + "Content-Length: "
                                    + length
                                    + "\r\nContent-Length: 1\r\n\r\n"
                                    + body);
            case 2 -> {
                String size =
                        pick(
                                List.of(
                                        "zz",
                                        "-1",
                                        "",
                                        "FFFFFFFFFFFFFFFFF",
                                        "7fffffff",
                                        Integer.toHexString(length + 5),
                                        "1;x=\"",
                                        " 2"));
                yield raw(
                        "chunk size",
                        json
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + size
                                + "\r\n"
                                + body
                                + "\r\n0\r\n\r\n");
            }
            case 3 ->
                    raw(
                            "no last chunk",
                            json
                                    + "Transfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(length)
                                    + "\r\n"
                                    + body
                                    + pick(List.of("", "\r\n", "\r\n0", "x", "\r\n0\r\nA")));
            case 4 ->
                    raw(
                            "length and chunks",
                            json
                                    + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(length)
                                    + "\r\n"
                                    + body
                                    + "\r\n0\r\n\r\n");
            case 5 ->
                    raw(
                            "transfer encoding",
                            json
                                    + "Transfer-Encoding: "
                                    + pick(
                                            List.of(
                                                    "gzip",
                                                    "xchunked",
                                                    "chunked, gzip",
                                                    "chunked, chunked",
                                                    "identity",
                                                    ""))
                                    + "\r\n\r\n"
                                    + body);
            case 6 -> {
                String version =
                        pick(
                                List.of(
                                        "HTTP/0.9",
                                        "HTTP/1.0",
                                        "HTTP/2.0",
                                        "HTTP/9.9",
                                        "HTTP",
                                        "http/1.1",
                                        "HTTP/1.1 x",
                                        ""));
                yield raw("HTTP version", "GET /v1/machines " + version + "\r\nHost: h\r\n\r\n");
            }
            case 7 ->
                    raw(
                            "request line",
                            pick(
                                            List.of(
                                                    "",
                                                    "GET",
                                                    "GET /v1/machines",
                                                    "GET\t/v1/machines\tHTTP/1.1",
                                                    "GET http://x/v1/machines HTTP/1.1",
                                                    "GET v1/machines HTTP/1.1",
                                                    "GET * HTTP/1.1",
                                                    "\u0016\u0003\u0001\u0002\0\u0001",
                                                    "{\"frames\":4}"))
                                    + "\r\nHost: h\r\nConnection: close\r\n\r\n");
            case 8 ->
                    raw(
                            "head",
                            "GET /v1/machines HTTP/1.1"
                                    + pick(
                                            List.of(
                                                    "\r\n\r\n",
                                                    "\r\nHost: a\r\nHost: b\r\n\r\n",
                                                    "\r\nHost: a b\r\n\r\n",
                                                    "\r\nHost\r\n\r\n",
                                                    "\r\nHost : a\r\n\r\n",
                                                    "\nHost: a\nConnection: close\n\n",
                                                    "\r\nHost: a\r\nX:",
                                                    "\r\nHost: [::\r\n\r\n")));
            default -> {
                int sent = random.nextInt(length + 1);
                byte[] bytes =
                        (json + "Content-Length: " + (length + 9) + "\r\n\r\n" + body)
                                .getBytes(ISO_8859_1);
                byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - sent);
                yield new Hostile("cut off", cut, random.nextBoolean());
            }
        };
    }

    // ---- traces

    private Hostile trace() {
        List<String> formats =
                List.of(
                        Client.LACKEY,
                        "text/x-dinero",
                        "text/x-ucsd",
                        "text/x-pages",
                        Client.NDJSON,
                        Client.JSON,
                        Client.BINARY,
                        "whole");
        String format = pick(formats);
        byte[] body = goodTrace(format);
        byte[] any = new byte[16];
        random.nextBytes(any);
        for (int changes = random.nextInt(4); changes >= 0; changes--) {
            body = spoilt(body, any);
        }
        boolean whole = format.equals("whole");
        String path = whole ? VICTIM + "/trace" : VICTIM + "/processes/1/trace";
        String type = whole ? Client.NDJSON : format;
        String head =
                "POST "
                        + path
                        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: "
                        + type;
        return switch (random.nextInt(6)) {
            case 0 -> {
                byte[] head2 =
                        bytes(head + "\r\nContent-Length: " + (body.length + 7) + "\r\n\r\n");
                yield new Hostile("trace cut off", joined(head2, body), random.nextBoolean());
            }
            case 1 -> {
                byte[] head2 =
                        bytes(
                                head
                                        + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + Integer.toHexString(body.length)
                                        + "\r\n");
                byte[] end = bytes(pick(List.of("\r\n0\r\n\r\n", "\r\n", "xx", "\r\nzz\r\n")));
                yield new Hostile("trace in chunks", joined(joined(head2, body), end), false);
            }
            default -> {
                byte[] head2 = bytes(head + "\r\nContent-Length: " + body.length + "\r\n\r\n");
                yield new Hostile("trace", joined(head2, body), false);
            }
        };
    }

    private byte[] goodTrace(String format) {
        int count = 1 + random.nextInt(40);
        if (format.equals(Client.BINARY)) {
            ByteBuffer words = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                words.putLong((long) random.nextInt(2) << 62 | address());
            }
            return words.array();
        }
        if (format.equals(Client.JSON)) {
            String addresses = "" + address();
            for (int i = 1; i < count; i++) {
                addresses += "," + address();
            }
            return bytes(
                    "{\"ops\":\"" + "r".repeat(count) + "\",\"addresses\":[" + addresses + "]}");
        }
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String hex = Long.toHexString(address());
            lines.append(
                            switch (format) {
                                case Client.LACKEY -> " L " + hex + ",1";
                                case "text/x-dinero" -> "1 " + hex;
                                case "text/x-ucsd" -> "s 0x" + hex + " 1";
                                case "text/x-pages" -> "" + address() / 4096;
                                default ->
                                        "{\"op\":\"write\",\"address\":\"0x"
                                                + hex
                                                + "\",\"value\":3"
                                                + (format.equals("whole") ? ",\"pid\":1}" : "}");
                            })
                    .append('\n');
        }
        return bytes(lines.toString());
    }

    /** An address in one of the areas of the victim's process. */
    private long address() {
        return 0x1000L + random.nextInt(0x4000);
    }

    // ---- putting together

    private Hostile post(String kind, String path, byte[] body) {
        String head =
                "POST "
                        + path
                        + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        return new Hostile(kind, joined(bytes(head), body), false);
    }

    private static Hostile plain(String kind, String requestLine, String headers, String body) {
        String length =
                body.isEmpty() ? "" : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n";
        return raw(
                kind,
                requestLine
                        + "\r\nHost: h\r\nConnection: close\r\n"
                        + headers
                        + length
                        + "\r\n"
                        + body);
    }

    private static Hostile raw(String kind, String text) {
        return new Hostile(kind, bytes(text), false);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static byte[] joined(byte[] head, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}

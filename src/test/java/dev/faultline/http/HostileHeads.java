package dev.faultline.http;

import dev.faultline.http.Hostile.Good;

import java.util.List;

/** Requests with odd methods, paths, queries and headers. */
final class HostileHeads {

    private static final String HTTP = " HTTP/1.1";
    private static final String TYPE = "Content-Type: application/json\r\n";

    private static final String METHODS =
            "PUT PATCH DELETE TRACE OPTIONS HEAD QUERY PROPFIND PRI POST GET get G\u00cbT G<T \0";

    private static final String TYPES =
            " text/plain application/xml application/yaml application/x-www-form-urlencoded"
                    + " multipart/form-data multipart/form-data;boundary=x application/json;;;"
                    + " application/json;charset=utf-16 application/json;charset=nonsense"
                    + " application/json;charset application/problem+json application/* */* json"
                    + " / ; application/json,text/plain text/x-lackey \u00ff";

    private static final String PATH_PIECES =
            "%2F %2f..%2f %00 %5C \\ ; ;x=/../y // /./ /../ /..;/ .. %2e%2e/ % %zz %c0%af %ff"
                    + " \u00fc %C3%BC %20 \t + {} <> | ^ ` ' \" * #x ? ~ .json : @ \0 http://other/";

    private static final String PARAMETERS =
            "limit cursor from to after pid address length x limit[] %00 %zz ";

    /** The long ones are cursors: no number, -1, the largest long. */
    private static final String ARGUMENTS =
            "0 1 -1 1.5 x 0x10 1e3 %00 %zz %FF \u00ff 99999999999999999999 9223372036854775807"
                    + " 2147483648 null [1] YWZ0ZXI6 YWZ0ZXI6LTE"
                    + " YWZ0ZXI6OTIyMzM3MjAzNjg1NDc3NTgwNw YWZ0ZXI6enp6 ";

    private static final String HEADERS =
            "If-Match If-None-Match If-Modified-Since Idempotency-Key Range Request-Id"
                    + " Last-Event-ID Expect Cookie Authorization Accept-Encoding Accept-Language"
                    + " Content-Encoding X-HTTP-Method-Override X-Forwarded-For Origin Upgrade"
                    + " Connection Host \u00fc ";

    private static final List<String> HEADER_VALUES =
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
                    "a=b; ".repeat(500));

    private final Dice dice;

    HostileHeads(Dice dice) {
        this.dice = dice;
    }

    /** The path of a GET or of a POST. */
    private String anyPath() {
        return dice.toss() ? dice.pick(Hostile.GETS) : dice.pick(Hostile.POSTS).path();
    }

    Hostile method() {
        if (dice.below(20) == 0) {
            return Hostile.plain("CONNECT", "CONNECT " + anyPath() + HTTP, "", "");
        }
        String method = dice.below(20) == 0 ? "X".repeat(5000) : dice.word(METHODS);
        String path = anyPath();
        if (method.equals("DELETE") && path.equals(Hostile.VICTIM)) {
            path = "/v1/machines/nobody";
        }
        return Hostile.plain("method", method + " " + path + HTTP, "", "");
    }

    Hostile mediaType() {
        String type = dice.below(20) == 0 ? "a/" + "b".repeat(3000) : dice.word(TYPES);
        String accept = "Accept: " + type + "\r\n";
        Good good = dice.pick(Hostile.POSTS);
        return switch (dice.below(4)) {
            case 0 -> Hostile.plain("accept", "GET " + dice.pick(Hostile.GETS) + HTTP, accept, "");
            case 1 ->
                    Hostile.plain(
                            "accept", "POST " + good.path() + HTTP, accept + TYPE, good.body());
            default ->
                    Hostile.plain(
                            "content type",
                            "POST " + good.path() + HTTP,
                            "Content-Type: " + type + "\r\n",
                            good.body());
        };
    }

    Hostile path() {
        String path = anyPath();
        String piece =
                switch (dice.below(12)) {
                    case 0 -> dice.oneOf(" ", "x".repeat(1000), "x".repeat(20_000));
                    case 1 -> "/a".repeat(500);
                    default -> dice.word(PATH_PIECES);
                };
        int at = dice.below(path.length() + 1);
        String target = path.substring(0, at) + piece + path.substring(at);
        String method = dice.below(3) > 0 ? "GET " : "POST ";
        return Hostile.plain("path", method + target + HTTP, "", "");
    }

    Hostile query() {
        StringBuilder target = new StringBuilder(anyPath().replaceFirst("\\?.*", "") + "?");
        for (int count = 1 + dice.below(3); count > 0; count--) {
            target.append(dice.word(PARAMETERS))
                    .append(dice.oneOf("=", "=", "=", "", "=="))
                    .append(dice.below(20) == 0 ? "a".repeat(3000) : dice.word(ARGUMENTS))
                    .append(dice.oneOf("&", "&", "&", "&&", ";", ""));
        }
        return Hostile.plain("query", "GET " + target + HTTP, "", "");
    }

    Hostile header() {
        String header = dice.word(HEADERS) + ": " + dice.pick(HEADER_VALUES) + "\r\n";
        if (dice.below(10) == 0) {
            header = "X Y: 1\r\n";
        } else if (dice.below(10) == 0) {
            header = ("X-" + dice.below(1000) + ": 1\r\n").repeat(200);
        }
        if (dice.toss()) {
            return Hostile.plain("header", "GET " + dice.pick(Hostile.GETS) + HTTP, header, "");
        }
        Good good = dice.pick(Hostile.POSTS);
        return Hostile.plain("header", "POST " + good.path() + HTTP, header + TYPE, good.body());
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.http.BodySpots.Spot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Does a problem say in one plain sentence what is wrong, and what to do? */
class DetailsTest extends HttpTest {

    private static final String JSON = "Content-Type: application/json\r\n";

    /** What somebody may write where something else belongs. */
    private static final List<String> VALUES =
            List.of("-1", "1.5", "\"x\"", "true", "null", "{}", "[]", "[{}]", "01", "x");

    private static final List<String> BODIES =
            List.of("", "{", "{}", "[]", "1", "{\"a\": 1}", "{\"a\": 1,}", "{'a': 1}", "{} {}");

    /** What the request itself said is quoted, and may be of any manner. */
    private static final Pattern QUOTED =
            Pattern.compile("\"[^\"]*\"|(?<![a-z])'[^']*'(?![a-z])|not [^ ,;]+$");

    private static final Pattern TWICE =
            Pattern.compile("\\b([a-zA-Z]{2,})\\b[^a-zA-Z0-9,]{1,4}\\1\\b");

    private static final Pattern MARKS = Pattern.compile("[.,;:][ ]?[.,;:]|[.,;:?]$| [.,;:]|  ");

    private static final Pattern OTHERS_WORDS =
            Pattern.compile(
                    "(?i)token|deserializ|cannot construct|end-of-input|`|[a-z]\\.[a-z]+\\.[A-Z]"
                            + "|not supported|not present|acceptable|required type|null pointer");

    /** Each detail, without its numbers, with a request that led to it. */
    private final Map<String, String> details = new TreeMap<>();

    private void collect(String request, Answer answer) {
        if (answer.status() < 400) {
            return;
        }
        details.putIfAbsent(answer.text("/detail").replaceAll("[0-9]+", "1"), request);
        for (var error : answer.json().path("errors")) {
            String detail = error.path("detail").asString();
            details.putIfAbsent(detail.replaceAll("[0-9]+", "1"), request);
        }
    }

    @Test
    @Tag("slow")
    void everyDetailIsOnePlainSentence() {
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            if (each.hasBody()) {
                for (String body : BODIES) {
                    collect(operations, each.method(), each.path(), JSON, body);
                }
                collect(operations, each.method(), each.path(), "", "a=1");
                collect(operations, each.method(), each.path(), "Content-Type: a/b\r\n", "{}");
                spoil(operations, each);
            }
            collect(operations, "BREW", each.path(), "", "");
            collect(operations, each.method(), each.path(), "Accept: image/png\r\n", "");
            collect(operations, each.method(), each.path(), "If-Match: \"v9999\"\r\n", "");
            String bare = each.path().replaceFirst("\\?.*", "");
            for (String query : List.of("", "?colour=blue", "?limit=-1", "?limit=x", "?cursor=x")) {
                collect(operations, each.method(), bare + query, "", "");
            }
            for (String slip : List.of("victim", "/1", "0x1000", "data")) {
                String wrong = each.path().replace(slip, slip.startsWith("/") ? "/99" : "nothing");
                collect(operations, each.method(), wrong, "", "");
            }
        }
        assertThat(details).hasSizeGreaterThan(250);
        List<String> faults = new ArrayList<>();
        details.forEach(
                (detail, request) -> {
                    String ours = QUOTED.matcher(detail).replaceAll("Q");
                    if (TWICE.matcher(ours).find()
                            || MARKS.matcher(ours.replaceFirst("\\?$", "")).find()
                            || OTHERS_WORDS.matcher(ours).find()
                            || ours.isBlank()) {
                        faults.add(detail + "   ← " + request);
                    }
                });
        assertThat(faults).isEmpty();
    }

    private void spoil(Operations operations, Operations.Played each) {
        for (Spot spot : BodySpots.of(client.document().root(), each.documented())) {
            for (String value : VALUES) {
                String body = spot.body().apply(value);
                collect(operations, each.method(), each.path(), JSON, body);
            }
        }
    }

    private void collect(
            Operations operations, String method, String path, String headers, String body) {
        Answer answer = operations.send(method, path, headers, body);
        collect(method + " " + path + " " + headers.strip() + " " + body, answer);
    }

    /** What curl sends unless it is told otherwise. */
    @ParameterizedTest
    @CsvSource({
        "/v1/machines, application/json",
        "/v1/machines/victim/processes, application/json",
        "/v1/machines/victim/processes/1/accesses, application/json",
        "/v1/machines/victim/processes/1/trace, text/x-lackey",
        "/v1/sweeps, application/json"
    })
    void aFormIsToldWhatToSend(String path, String type) {
        String form = "Content-Type: application/x-www-form-urlencoded\r\n";
        Answer answer = new Operations(client, port).send("POST", path, form, "{}");
        answer.expectProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        assertThat(answer.text("/detail"))
                .startsWith("'application/x-www-form-urlencoded' is not read here; send ")
                .endsWith(": -H 'Content-Type: " + type + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"frames\": 3,}|line 1, column 14: '}' stands where a name in double quotes",
                "{\"frames\": 3|line 1, column 13: it ends before all that it opened is closed",
                "{\"frames\": 3} x|line 1, column 15: 'x' is no value",
                "{frames: 3}|line 1, column 2: 'f' stands where a name in double quotes",
                "{'frames': 3}|line 1, column 2: a text stands in double quotes, not in single",
                "{\"frames\": foo}|line 1, column 12: 'foo' is no value; a text stands in",
                "{\"frames\": 03}|line 1, column 13: a number has no plus sign, no leading zero",
                "{\"frames\": NaN}|'NaN' is no number",
                "{\"frames\" 3}|line 1, column 11: '3' stands where a colon must follow the name",
                "{\"frames\": 3 \"id\": 1}|line 1, column 14: '\"' stands where a comma or } must",
                "{\"id\": \"\\x\"}|a backslash in a text stands before one of",
                "{\"id\": \"\\u12\"}|\\u needs four hexadecimal digits",
                "{\"id\": \"a|line 1, column 10: it ends before all that it opened is closed",
                "{\"frames\": 3, \"frames\": 4}|the property \"frames\" stands twice",
                "// {}|there are no comments in JSON",
                "{}}|'}' closes what is not open",
                "{} {}|there is something after the JSON value",
            })
    void malformedJsonIsToldByPlace(String body, String words) {
        Answer answer = client.send("POST", "/v1/machines", Client.JSON, body.getBytes(UTF_8));
        answer.expectProblem(400, "INVALID_BODY");
        assertThat(answer.text("/detail")).contains(words);
    }

    @Test
    void theLineIsCounted() {
        Answer answer = client.post("/v1/machines", "{\n  'frames': 3,\n  'id' 4\n}").expect(400);
        assertThat(answer.text("/detail")).contains("malformed JSON at line 3, column 8: ");
        answer = client.post("/v1/sweeps", "{'pages':\n[1,2,]}").expect(400);
        assertThat(answer.text("/detail")).contains("malformed JSON at line 2, column 6: ']'");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.BodySpots.Spot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Wherever in a body a value is no value of that place, the problem points there. */
@Tag("slow")
class BodyFieldsTest extends HttpTest {

    private static final List<String> NO_NUMBERS =
            List.of(
                    "NaN",
                    "01",
                    "+1",
                    "0x10",
                    "1.",
                    ".5",
                    "1e",
                    "-",
                    "-01",
                    "Infinity",
                    "1_0",
                    "\uff11");

    @Test
    void nullIsNoElementOfAList() {
        int lists = 0;
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                if (spot.isElement() && !spot.takes("null")) {
                    pointsTo(operations, each, spot, "null");
                    lists++;
                }
            }
        }
        assertThat(lists).isGreaterThan(20);
    }

    @Test
    void aNumberThatIsNoJsonIsToldWhereItStands() {
        int numbers = 0;
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                if (spot.takes("integer") || spot.takes("number")) {
                    NO_NUMBERS.forEach(text -> pointsTo(operations, each, spot, text));
                    numbers++;
                }
            }
        }
        assertThat(numbers).isGreaterThan(100);
        assertThat(operations.victim()).isEqualTo(before);
    }

    @Test
    void halfACharacterIsNoText() {
        int texts = 0;
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                if (spot.takes("string")) {
                    pointsTo(operations, each, spot, "\"\\ud800\"");
                    pointsTo(operations, each, spot, "\"a\\udc00b\"");
                    texts++;
                }
            }
        }
        assertThat(texts).isGreaterThan(50);
        assertThat(operations.victim()).isEqualTo(before);
    }

    @Test
    void wholeCharactersAreText() {
        String machine = client.machine("{}");
        Answer made = client.post(machine + "/processes", "{'name': '\\ud83d\\ude00 \u00fc'}");
        assertThat(made.expect(201).text("/name")).isEqualTo("\ud83d\ude00 \u00fc");
    }

    private List<Spot> spots(Operations.Played each) {
        boolean trace = each.template().endsWith("/trace") || each.template().equals("/v1/traces");
        return trace // whose errors are told by line
                ? List.of()
                : BodySpots.of(client.document().root(), each.documented());
    }

    private static void pointsTo(
            Operations operations, Operations.Played each, Spot spot, String raw) {
        String body = spot.body().apply(raw);
        if (each.template().equals("/v1/sweeps") && !body.startsWith("{\"pages\"")) {
            body = "{\"pages\":[1]," + body.substring(1); // something to sweep
        }
        Answer answer =
                operations.send(
                        each.method(), each.path(), "Content-Type: application/json\r\n", body);
        answer.expect(400);
        List<String> pointers = new ArrayList<>();
        answer.json()
                .path("errors")
                .forEach(error -> pointers.add(error.path("pointer").asString()));
        assertThat(pointers).as("%s with %s: %s", each, body, answer).contains(spot.pointer());
    }
}

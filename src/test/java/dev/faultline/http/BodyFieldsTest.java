package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.BodySpots.Spot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    void aTextWithoutCharactersIsNoValueOfAnotherType() {
        int spots = 0;
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                if (!spot.types().isEmpty() && !takes(spot, "string")) {
                    pointsTo(operations, each, spot, "\"\"");
                    pointsTo(operations, each, spot, "\" \"");
                    spots++;
                }
            }
        }
        assertThat(spots).isGreaterThan(200);
        assertThat(operations.victim()).isEqualTo(before);
    }

    @Test
    void aNumberBesideItsRangeIsRefused() {
        int numbers = 0;
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                for (String number : spot.outside()) {
                    pointsTo(operations, each, spot, number);
                    numbers++;
                }
            }
        }
        assertThat(numbers).isGreaterThan(300);
        assertThat(operations.victim()).isEqualTo(before);
    }

    /** A value of each type. */
    private static final Map<String, String> VALUES =
            Map.of(
                    "boolean", "true",
                    "string", "\"no such word\"",
                    "integer", "7",
                    "array", "[]",
                    "object", "{\"no such field\": 1}");

    @Test
    void whatHasATypeThatIsNotDocumentedIsRefused() {
        int wrong = 0;
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                for (Map.Entry<String, String> value : VALUES.entrySet()) {
                    if (!takes(spot, value.getKey())) {
                        pointsTo(operations, each, spot, value.getValue());
                        wrong++;
                    }
                }
            }
        }
        assertThat(wrong).isGreaterThan(1000);
        assertThat(operations.victim()).isEqualTo(before);
    }

    /** An address is documented as a string, and an integer is taken too. */
    private static boolean takes(Spot spot, String type) {
        boolean address = spot.isAddress() && type.equals("integer");
        boolean number = spot.takes("number") && type.equals("integer");
        return spot.types().isEmpty() || spot.takes(type) || address || number;
    }

    @Test
    void nullIsAsIfTheFieldWereLeftOut() {
        int fields = 0;
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            for (Spot spot : spots(each)) {
                if (spot.takes("null") && !spot.isElement()) {
                    Answer answer = send(operations, each, spot.body().apply("null"));
                    assertThat(pointers(answer).contains(spot.pointer()) && !isMissed(answer))
                            .as("%s with null at %s: %s", each, spot.pointer(), answer)
                            .isFalse();
                    fields++;
                    client.deleteMachines(id -> !id.equals("victim"));
                }
            }
        }
        assertThat(fields).isGreaterThan(200);
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
        Answer answer = send(operations, each, body);
        answer.expect(400);
        assertThat(pointers(answer))
                .as("%s with %s: %s", each, body, answer)
                .contains(spot.pointer());
    }

    private static Answer send(Operations operations, Operations.Played each, String given) {
        String body = given;
        if (each.template().equals("/v1/sweeps") && !body.startsWith("{\"pages\"")) {
            body = "{\"pages\":[1]," + body.substring(1); // something to sweep
        }
        return operations.send(
                each.method(), each.path(), "Content-Type: application/json\r\n", body);
    }

    /** Whether something has to be there, if nothing else is. */
    private static boolean isMissed(Answer answer) {
        return answer.text("/errors/0/detail").contains("required");
    }

    private static List<String> pointers(Answer answer) {
        List<String> pointers = new ArrayList<>();
        if (answer.status() == 400) {
            answer.json()
                    .path("errors")
                    .forEach(error -> pointers.add(error.path("pointer").asString()));
        }
        return pointers;
    }
}

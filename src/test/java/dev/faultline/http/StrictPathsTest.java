package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;
import java.util.List;

/** A thing has one name, and a number is written in one way. */
@Tag("slow")
class StrictPathsTest extends HttpTest {

    /** How a client could write 1 but for "1", as it stands in a path or a query. */
    private static final List<String> OTHER_ONES =
            List.of(
                    "%2B1",
                    "+1",
                    "%201",
                    "1%20",
                    "01",
                    "0x1",
                    "%231",
                    "1.0",
                    "1e0",
                    "%EF%BC%91",
                    "%D9%A1",
                    "1,",
                    "1%00",
                    "--1",
                    "");

    @Test
    void noPathHasParameters() {
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            String path = each.path().replaceFirst("\\?.*", "");
            String last = path.substring(path.lastIndexOf('/') + 1);
            for (String odd :
                    List.of(
                            path + ";x",
                            path + ";",
                            path.replaceFirst("/v1/", "/v1;a=b/"),
                            path.replaceFirst(last + "$", ";" + last))) {
                operations.send(each.method(), odd, "", "").expectProblem(400, "INVALID_PATH");
            }
        }
        operations.victim();
    }

    @Test
    void aNumberInAPathIsWrittenInOneWay() {
        Operations operations = new Operations(client, port);
        String machine = "/v1/machines/victim";
        for (String one : OTHER_ONES) {
            for (String path :
                    List.of(
                            machine + "/frames/" + one + "/pin",
                            machine + "/processes/" + one + "/fork",
                            "/v1/operations/op-" + one + "/cancel",
                            machine + "/processes/1/areas/" + one + "/lock")) {
                int status = operations.send("POST", path, "", "").status();
                assertThat(status).as("%s", path).isIn(400, 404);
            }
        }
        client.post(machine + "/frames/1/pin").expect(200);
        client.post(machine + "/frames/-1/pin").expectProblem(404, "NO_SUCH_FRAME");
        client.post(machine + "/frames/4/pin").expectProblem(404, "NO_SUCH_FRAME");
        client.post(machine + "/frames/99999999999999999999/pin").expect(404);
    }

    @Test
    void aNumberInAQueryIsWrittenInOneWay() {
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            each.documented()
                    .path("parameters")
                    .forEach(
                            parameter -> {
                                String type = parameter.at("/schema/type").asString("");
                                boolean number = type.equals("integer") || type.equals("number");
                                if (parameter.path("in").asString().equals("query") && number) {
                                    refusesOtherOnes(
                                            operations, each, parameter.get("name").asString());
                                }
                            });
        }
    }

    private static void refusesOtherOnes(
            Operations operations, Operations.Played each, String name) {
        for (String one : OTHER_ONES) {
            if (one.equals("1.0") && name.equals("rate")) {
                continue;
            }
            String path = each.path() + (each.path().contains("?") ? "&" : "?");
            String others = path.replaceFirst("(?<=[?&])" + name + "=[^&]*&", "");
            operations.send(each.method(), others + name + "=" + one, "", "").expect(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", "01", "0x1", "-1", "1.0", "one", "\u0661"})
    void theLastEventIsANumberToo(String last) {
        Operations operations = new Operations(client, port);
        String headers =
                "Accept: text/event-stream\r\nLast-Event-ID: "
                        + new String(last.getBytes(UTF_8), ISO_8859_1)
                        + "\r\n";
        operations
                .send("GET", "/v1/machines/victim/events", headers, "")
                .expectProblem(400, "INVALID_PARAMETER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"after:+1", "after:01", "after: 1", "after:\u0661", "after:1x", "1"})
    void aCursorIsOneThatWasGivenOut(String text) {
        Operations operations = new Operations(client, port);
        String cursor =
                Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
        operations
                .send("GET", "/v1/machines/victim/frames?cursor=" + cursor, "", "")
                .expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void aCursorIsNotSpelledInTwoWays() {
        String machine = client.machine("{'frames': 4}");
        String cursor = client.get(machine + "/frames?limit=2").text("/nextCursor");
        client.get(machine + "/frames?cursor=" + cursor).expect(200);
        byte[] bytes = Base64.getUrlDecoder().decode(cursor);
        String padded = Base64.getUrlEncoder().encodeToString(bytes);
        assertThat(padded).isNotEqualTo(cursor);
        client.get(machine + "/frames?cursor=" + padded.replace("=", "%3D")).expect(400);
        char last = cursor.charAt(cursor.length() - 1);
        String twin = cursor.substring(0, cursor.length() - 1) + (char) (last + 1);
        assertThat(Base64.getUrlDecoder().decode(twin)).isEqualTo(bytes);
        client.get(machine + "/frames?cursor=" + twin).expect(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "%2e", "%2E%2e", "%20", "a%20b", "%F0%9F%98%80"})
    void noFileIsCalledLikeAFolder(String name) {
        Operations operations = new Operations(client, port);
        String files = "/v1/machines/victim/files";
        String type = "Content-Type: application/octet-stream\r\n";
        int status = operations.send("PUT", files + "/" + name, type, "x").status();
        assertThat(status).isIn(400, 404, 405);
        assertThat(client.get(files).at("/files")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void norIsWhatIsMapped(String name) {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': []}").expect(201);
        String areas = machine + "/processes/1/areas";
        String mapped = "{'length': 4096, 'protection': 'rw-', 'kind': '%s', '%s': '%s'}";
        client.post(areas, mapped.formatted("file", "file", name)).expectBadField("/file");
        client.post(areas, mapped.formatted("shared-memory", "name", name)).expectBadField("/name");
        client.put(
                        machine + "/processes/1/handler",
                        "{'commands': [{'command': 'map', 'name': '" + name + "'}]}")
                .expectBadField("/commands/0/name");
        client.post(areas, mapped.formatted("shared-memory", "name", "...")).expect(201);
    }
}

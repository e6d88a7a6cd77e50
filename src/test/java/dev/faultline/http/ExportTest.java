package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/** A machine as a file, and the machine that is made of it. */
@Tag("slow")
class ExportTest extends HttpTest {

    private static final String TYPE = "application/x-faultline";

    private String eventful() {
        String machine =
                client.machineWithProcess(
                        "{'frames': 3, 'addressBits': 16, 'tlb': {'entries': 2}, 'limits':"
                                + " {'events': 20}}");
        client.access(machine, "write 0x1000", "read 0x2000", "write 0x3000", "write 0x4000");
        client.post(machine + "/processes/1/fork").expect(201);
        client.access(machine, "write 0x1000");
        client.post(machine + "/rewind", "{'to': 3}").expect(200);
        client.access(machine, "read 0x5000");
        return machine;
    }

    private byte[] export(String machine) {
        Answer answer = client.get(machine + "/export").expect(200);
        assertThat(answer.mediaType()).isEqualTo(TYPE);
        return answer.text().getBytes(StandardCharsets.UTF_8);
    }

    private Answer make(byte[] export, String... headers) {
        return client.send("POST", "/v1/machines", TYPE, export, headers);
    }

    @Test
    void whatIsReadIsWhatWasWritten() {
        String machine = eventful();
        Answer made = make(export(machine)).expect(201);
        String copy = "/v1/machines/" + made.text("/id");
        assertThat(made.version()).isEqualTo(client.version(machine));
        for (long at = 1; at <= made.version(); at++) {
            for (String view : List.of("", "/events", "/frames", "/tlb", "/processes", "/swap")) {
                JsonNode then = client.get(machine + view + "?at=" + at).json();
                JsonNode again = client.get(copy + view + "?at=" + at).json();
                assertThat(withoutId(again)).as("%s at %d", view, at).isEqualTo(withoutId(then));
            }
        }
        assertThat(client.get(copy + "/history").json())
                .isEqualTo(client.get(machine + "/history").json());
        assertThat(export(copy)).isEqualTo(export(machine));
        client.access(machine, "write 0x6000");
        client.access(copy, "write 0x6000");
        assertThat(client.digest(copy)).isEqualTo(client.digest(machine));
    }

    private static JsonNode withoutId(JsonNode body) {
        if (body instanceof ObjectNode object && object.has("digest")) {
            object.remove("id");
        }
        return body;
    }

    @Test
    void itMayHaveAnIdAndBePacked() throws IOException {
        byte[] export = export(eventful());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(export);
        }
        Answer made =
                client.send(
                                "POST",
                                "/v1/machines?id=again",
                                TYPE,
                                packed.toByteArray(),
                                "Content-Encoding",
                                "gzip")
                        .expect(201);
        assertThat(made.text("/id")).isEqualTo("again");
        client.send("POST", "/v1/machines?id=again", TYPE, export)
                .expectProblem(409, "MACHINE_EXISTS");
        client.send("POST", "/v1/machines?id=No", TYPE, export)
                .expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void aCloneIsWrittenWithTheStateThatItBeganIn() {
        String machine = eventful();
        client.post(
                        machine + "/processes",
                        "{'program': {'generator': {'kind': 'zipf', 'bytes': 8192, 'accesses':"
                                + " 30}}}")
                .expect(201);
        client.post(machine + "/run", "{'until': {'accesses': 9}}").expect(200);
        client.post(machine + "/clone", "{'id': 'twin'}").expect(201);
        String twin = "/v1/machines/twin";
        client.post(twin + "/run", "{'until': {'accesses': 5}}").expect(200);
        Answer made = make(export(twin)).expect(201);
        assertThat(made.text("/digest")).isEqualTo(client.digest(twin));
        String copy = "/v1/machines/" + made.text("/id");
        client.post(twin + "/run").expect(200);
        client.post(copy + "/run").expect(200);
        assertThat(client.digest(copy)).isEqualTo(client.digest(twin));
    }

    @Test
    void whatIsCutIsRefusedWithItsLine() {
        byte[] export = export(eventful());
        long machines = client.get("/v1/machines").at("/machines").size();
        for (int length = 0; length < export.length; length += length < 400 ? 1 : 13) {
            Answer refused =
                    make(Arrays.copyOf(export, length)).expectProblem(400, "GARBLED_EXPORT");
            assertThat(refused.number("/line")).isEqualTo(1 + lines(export, length));
        }
        assertThat(client.get("/v1/machines").at("/machines").size()).isEqualTo(machines);
    }

    private static long lines(byte[] export, int length) {
        return new String(export, 0, length, StandardCharsets.UTF_8)
                .chars()
                .filter(each -> each == '\n')
                .count();
    }

    @Test
    void aFlippedBitIsRefusedWithItsLine() {
        byte[] export = export(eventful());
        for (int at = 0; at < export.length; at += at < 300 ? 1 : 11) {
            byte[] flipped = export.clone();
            flipped[at] ^= (byte) (1 << at % 7);
            Answer refused = make(flipped).expectProblem(400, "GARBLED_EXPORT");
            assertThat(refused.number("/line")).as("%d", at).isEqualTo(1 + lines(export, at));
        }
    }

    /** The export with each line changed and signed anew, as somebody might who means it. */
    private static byte[] forged(byte[] export, UnaryOperator<String> change) {
        CRC32 sum = new CRC32();
        StringBuilder forged = new StringBuilder();
        for (String line : new String(export, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            String body = change.apply(line.replaceAll(",\"check\":\"[0-9a-f]{8}\"}$", ""));
            sum.update(body.getBytes(StandardCharsets.UTF_8));
            String rest = ",\"check\":\"%08x\"}\n".formatted(sum.getValue());
            sum.update(rest.getBytes(StandardCharsets.UTF_8));
            forged.append(body).append(rest);
        }
        return forged.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aForgedLineIsJudgedByWhatItSays() {
        byte[] export = export(eventful());
        assertThat(forged(export, line -> line)).isEqualTo(export);
        Answer engine =
                make(forged(export, line -> line.replace("\"engine\":1,", "\"engine\":7,")))
                        .expectProblem(409, "ENGINE_UNKNOWN");
        assertThat(engine.number("/engine")).isEqualTo(7);
        assertThat(engine.at("/known").toString()).isEqualTo("[1]");
        Answer digest =
                make(forged(
                                export,
                                line -> line.replaceAll("(\"digest\":\")[0-9a-f]{4}", "$10000")))
                        .expectProblem(409, "REPLAY_DIFFERS");
        assertThat(digest.text("/expected")).startsWith("0000");
        assertThat(digest.text("/found")).hasSize(64);
        Answer ticks =
                make(forged(export, line -> line.replaceAll("\"ticks\":(\\d+)", "\"ticks\":1$1")))
                        .expectProblem(409, "REPLAY_DIFFERS");
        assertThat(ticks.number("/version")).isEqualTo(2);
        for (String wrong :
                List.of(
                        "\"steps\":\"AAAA\"",
                        "\"steps\":\"\"",
                        "\"steps\":null",
                        "\"steps\":7",
                        "\"steps\":\"KLUv/QRYAQAA\"")) {
            make(forged(export, line -> line.replaceAll("\"steps\":\"[^\"]*\"", wrong)))
                    .expectProblem(400, "GARBLED_EXPORT");
        }
        for (String field : List.of("request", "events", "spec", "packing", "version", "digest")) {
            make(forged(export, line -> line.replaceFirst("\"" + field + "\":", "\"other\":")))
                    .expectProblem(400, "GARBLED_EXPORT");
        }
        make(forged(export, line -> line.replace("\"frames\":3,", "\"frames\":0,")))
                .expectProblem(400, "GARBLED_EXPORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{}\n", "null\n", "\n\n", "[]\n", "\u0000"})
    void whatIsNoExportIsRefused(String text) {
        make(text.getBytes(StandardCharsets.UTF_8)).expectProblem(400, "GARBLED_EXPORT");
    }

    @Test
    void itIsNotSentAgainToWhoHasIt() {
        String machine = eventful();
        String tag = client.get(machine + "/export").header("ETag");
        client.get(machine + "/export", "If-None-Match", String.valueOf(tag)).expect(304);
    }

    @Test
    void theEngineIsNamed() {
        assertThat(client.get("/actuator/info").number("/engine")).isEqualTo(1);
        JsonNode head =
                Answer.json(
                        new String(export(eventful()), StandardCharsets.UTF_8)
                                .lines()
                                .findFirst()
                                .orElseThrow());
        assertThat(head.get("engine").asInt()).isEqualTo(1);
    }

    @Test
    void eachLineSaysWhatHappened() {
        List<JsonNode> lines = new ArrayList<>();
        new String(export(eventful()), StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> lines.add(Answer.json(line)));
        assertThat(lines.get(2).at("/commands/0/command").asString()).isEqualTo("access");
        assertThat(lines.get(2).at("/commands/0/accesses").asInt()).isEqualTo(4);
        assertThat(lines.get(3).at("/commands/0/command").asString()).isEqualTo("fork");
        assertThat(lines.getLast().has("digest")).isTrue();
    }
}

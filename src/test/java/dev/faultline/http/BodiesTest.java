package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;

/** Bodies that are too large, come too slowly, or break off. */
@Tag("slow")
class BodiesTest extends HttpTest {

    private static final int LIMIT = 16 << 20;

    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\n";

    @ParameterizedTest
    @ValueSource(strings = {"/v1/machines", "/processes", "/processes/1/accesses", "/reset"})
    void anAnnouncedBodyOverTheLimitIsRefusedUnread(String action) throws IOException {
        String machine = client.machineWithProcess("{}");
        String path = action.startsWith("/v1") ? action : machine + action;
        try (Wire wire = new Wire(port)) {
            wire.send("POST " + path + HEAD + "Content-Type: application/json\r\n");
            wire.send("Content-Length: " + (LIMIT + 1) + "\r\n\r\n");
            Answer answer = requireNonNull(wire.read("POST " + path));
            EveryAnswer.check(answer);
            answer.expectProblem(413, "BODY_TOO_LARGE");
        }
        assertThat(client.version(machine)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/machines", "/processes", "/processes/1/accesses", "/reset"})
    void aBodyThatTurnsOutToBeTooLargeIsRefused(String action) {
        String machine = client.machineWithProcess("{}");
        String path = action.startsWith("/v1") ? action : machine + action;
        byte[] body = new byte[LIMIT + 1];
        Arrays.fill(body, (byte) ' ');
        for (String key : new String[] {"first", "first"}) {
            client.send(
                            "POST",
                            path,
                            Client.JSON,
                            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
                            "Idempotency-Key",
                            key)
                    .expectProblem(413, "BODY_TOO_LARGE");
        }
        assertThat(client.version(machine)).isEqualTo(2);
    }

    @Test
    void aFileThatIsCalledTraceIsNoTrace() {
        String machine = client.machine("{}");
        byte[] body = new byte[LIMIT + 1];
        client.send("PUT", machine + "/files/trace", Client.BINARY, body)
                .expectProblem(413, "BODY_TOO_LARGE");
    }

    @Test
    void aKnownKeyDoesNotLetALargeBodyPass() {
        String machine = client.machineWithProcess("{}");
        byte[] body = new byte[LIMIT + 1];
        client.post(machine + "/reset", "{}", "Idempotency-Key", "known").expect(200);
        client.send(
                        "POST",
                        machine + "/reset",
                        Client.JSON,
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
                        "Idempotency-Key",
                        "known")
                .expectProblem(413, "BODY_TOO_LARGE");
    }

    @Test
    void aBodyUpToTheLimitIsRead() {
        byte[] body = new byte[LIMIT];
        Arrays.fill(body, (byte) ' ');
        body[0] = '{';
        body[LIMIT - 1] = '}';
        client.send("POST", "/v1/machines", Client.JSON, body).expect(201);
    }

    @Test
    void aTraceMayBeLonger() {
        String machine = client.machineWithProcess("{}");
        byte[] body = new byte[LIMIT + 8];
        client.send("POST", machine + "/processes/1/trace", Client.BINARY, body).expect(200);
    }

    @Test
    void aTraceWhoseConnectionBreaksOffIsAppliedUpToThere() throws IOException {
        String machine = client.machineWithProcess("{}");
        String line = " L 1000,1\n";
        try (Wire wire = new Wire(port)) {
            wire.send(traceHead(machine, "Content-Length: 1000000"));
            wire.send(line.repeat(100));
            wire.endOutput();
            Answer answer = wire.read("POST trace");
            if (answer != null) {
                EveryAnswer.check(answer);
                answer.expectProblem(400, "BODY_NOT_READABLE");
                assertThat(answer.number("/accesses")).isEqualTo(100);
                assertThat(answer.number("/version")).isEqualTo(3);
            }
        }
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(100);
        client.access(machine, "read 0x0");
    }

    private static String traceHead(String machine, String framing) {
        return "POST "
                + machine
                + "/processes/1/trace"
                + HEAD
                + "Content-Type: text/x-lackey\r\n"
                + framing
                + "\r\n\r\n";
    }

    @Test
    void aClientThatHangsUpInATraceLeavesTheMachineFree() throws IOException {
        String machine = client.machineWithProcess("{}");
        try (Wire wire = new Wire(port)) {
            wire.send(traceHead(machine, "Content-Length: 1000000"));
            wire.send(" L 1000,1\n");
        }
        client.access(machine, "read 0x0");
    }

    /** Cut anywhere, also within a line: what the history tells is what happened. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 11, 4_095, 50_003, 1_234_567})
    void aClientThatVanishesLeavesAHistoryThatSaysHowFar(int sent) throws Exception {
        String machine = client.machineWithProcess("{}");
        String line = " L 1000,1\n";
        try (Wire wire = new Wire(port)) {
            wire.send(traceHead(machine, "Content-Length: 100000000"));
            wire.send(line.repeat(sent / line.length() + 1).substring(0, sent));
        }
        while (client.post(machine + "/processes").status() != 201) {
            Thread.sleep(100); // the trace is not over
        }
        Answer history = client.get(machine + "/history").expect(200);
        long told = 0;
        for (JsonNode record : history.at("/records")) {
            for (JsonNode command : record.get("commands")) {
                told += command.path("accesses").asLong(0);
            }
        }
        long made = client.get(machine + "/counters").number("/accesses");
        assertThat(told).isEqualTo(made).isLessThanOrEqualTo(sent / line.length());
        Answer export = client.get(machine + "/export").expect(200);
        Answer again =
                client.send(
                        "POST", "/v1/machines?id=again", "application/x-faultline", export.body());
        assertThat(again.expect(201).text("/digest")).isEqualTo(client.digest(machine));
    }

    @Test
    void aMachineThatIsBusyCanBeReadAndSaysSoToWriters() throws IOException {
        String machine = client.machineWithProcess("{}");
        try (Wire wire = new Wire(port)) {
            wire.send(traceHead(machine, "Transfer-Encoding: chunked"));
            sendChunk(wire, " L 1000,1\n".repeat(20_000));
            while (client.get(machine + "/counters").number("/accesses") == 0) {
                Thread.onSpinWait();
            }
            Answer busy = client.post(machine + "/processes/1/fork");
            busy.expectProblem(429, "MACHINE_BUSY");
            client.get(machine).expect(200);
            client.get(machine + "/processes/1/pages").expect(200);
            sendChunk(wire, " S 2000,1\n");
            wire.send("0\r\n\r\n");
            Answer answer = requireNonNull(wire.read("POST trace"));
            EveryAnswer.check(answer);
            assertThat(answer.expect(200).number("/accesses")).isEqualTo(20_001);
        }
        client.post(machine + "/processes/1/fork").expect(201);
        assertThat(client.version(machine)).isEqualTo(4);
    }

    private static void sendChunk(Wire wire, String text) throws IOException {
        wire.send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    @Test
    void aTraceThatStopsEarlyIsAnsweredAndTheConnectionGoesOn() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': []}").expect(201);
        byte[] body = new byte[20 << 20];
        Answer answer =
                client.send(
                        "POST",
                        machine + "/processes/1/trace",
                        Client.BINARY,
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
        assertThat(answer.expect(200).number("/stopped/at")).isZero();
        client.get(machine).expect(200);
    }
}

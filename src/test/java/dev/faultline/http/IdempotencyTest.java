package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.UUID;

/** Idempotency-Key: a repeated request gives the first answer again and changes nothing. */
class IdempotencyTest extends HttpTest {

    private final String key = UUID.randomUUID().toString();

    @Test
    void aRepeatedRequestIsReplayedAndTouchesNothing() {
        String machine = client.machineWithProcess("{}");
        String path = machine + "/processes/1/accesses";
        String body = Client.batch("write 0x1000 4 7");
        Answer first = client.post(path, body, "Idempotency-Key", key).expect(200);
        assertThat(first.header("Idempotency-Replayed")).isNull();
        String digest = client.digest(machine);
        Answer again = client.post(path, body, "Idempotency-Key", key).expect(200);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(again.header("Request-Id")).isNotEqualTo(first.header("Request-Id"));
        assertThat(client.version(machine)).isEqualTo(3);
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    @Test
    void anotherBodyUnderTheSameKeyIsRefused() {
        String machine = client.machineWithProcess("{}");
        String path = machine + "/processes/1/accesses";
        client.post(path, Client.batch("read 0x1000"), "Idempotency-Key", key).expect(200);
        client.post(path, Client.batch("read 0x1001"), "Idempotency-Key", key)
                .expectProblem(422, "IDEMPOTENCY_KEY_REUSED");
        client.post(machine + "/reset", "{}", "Idempotency-Key", key)
                .expectProblem(422, "IDEMPOTENCY_KEY_REUSED");
        assertThat(client.version(machine)).isEqualTo(3);
    }

    @Test
    void keysAreThoseOfTheirMachine() {
        for (int i = 0; i < 2; i++) {
            String machine = client.machineWithProcess("{}");
            Answer batch =
                    client.post(
                                    machine + "/processes/1/accesses",
                                    Client.batch("read 0x1000"),
                                    "Idempotency-Key",
                                    key)
                            .expect(200);
            assertThat(batch.header("Idempotency-Replayed")).isNull();
        }
    }

    @Test
    void aKeyEndsWithItsMachineHoweverItsIdIsWritten() {
        for (int i = 0; i < 2; i++) {
            client.machineWithProcess("{'id': 'm1'}");
            Answer reset =
                    client.post("/v1/machines/%6d1/reset", "{}", "Idempotency-Key", key)
                            .expect(200);
            assertThat(reset.header("Idempotency-Replayed")).isNull();
            client.delete("/v1/machines/m1").expect(204);
        }
    }

    @Test
    void everyPostIsReplayed() {
        Answer made = client.post("/v1/machines", "{}", "Idempotency-Key", key).expect(201);
        Answer again = client.post("/v1/machines", "{}", "Idempotency-Key", key).expect(201);
        assertThat(again.text("/id")).isEqualTo(made.text("/id"));
        assertThat(again.header("Location")).isEqualTo(made.header("Location"));
        assertThat(client.get("/v1/machines").at("/machines").size()).isEqualTo(1);

        String machine = "/v1/machines/" + made.text("/id");
        replays(machine + "/processes", 201);
        replays(machine + "/processes/1/fork", 201);
        replays(machine + "/processes/2/exit", 200);
        replays(machine + "/reset", 200);
        replays(machine + "/clone", 201);
        assertThat(client.get("/v1/machines").at("/machines").size()).isEqualTo(2);
        assertThat(client.version(machine)).isEqualTo(5);
    }

    private void replays(String path, int status) {
        String fresh = UUID.randomUUID().toString();
        Answer first = client.post(path, "{}", "Idempotency-Key", fresh).expect(status);
        Answer again = client.post(path, "{}", "Idempotency-Key", fresh).expect(status);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void aTraceIsReplayedByItsWholeBody() {
        String machine = client.machineWithProcess("{}");
        String path = machine + "/processes/1/trace";
        String trace = " L 1000,1\n".repeat(20_000);
        Answer first = client.postText(path, Client.LACKEY, trace, "Idempotency-Key", key);
        Answer again = client.postText(path, Client.LACKEY, trace, "Idempotency-Key", key);
        assertThat(again.expect(200).header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.body()).isEqualTo(first.expect(200).body());
        client.postText(path, Client.LACKEY, trace + " ", "Idempotency-Key", key)
                .expectProblem(422, "IDEMPOTENCY_KEY_REUSED");
        assertThat(client.version(machine)).isEqualTo(3);
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(20_000);
    }

    @Test
    void aTraceThatBrokeOffHalfwayIsNotAppliedTwice() {
        String machine = client.machineWithProcess("{}");
        String path = machine + "/processes/1/trace";
        String trace = " L 1000,1\ngarbage\n";
        Answer first = client.postText(path, Client.LACKEY, trace, "Idempotency-Key", key);
        Answer again = client.postText(path, Client.LACKEY, trace, "Idempotency-Key", key);
        assertThat(again.expect(400).body()).isEqualTo(first.expect(400).body());
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(1);
    }

    @Test
    void whatWasRefusedMayBeTriedAgain() {
        String machine = client.machine("{}");
        String path = machine + "/processes/1/accesses";
        String body = Client.batch("read 0x1000");
        client.post(path, body, "Idempotency-Key", key).expect(404);
        client.post(machine + "/processes").expect(201);
        client.post(path, body, "Idempotency-Key", key).expect(200);
    }

    @Test
    void aBadKeyIsRefused() {
        client.post("/v1/machines", "{}", "Idempotency-Key", "").expect(400);
        client.post("/v1/machines", "{}", "Idempotency-Key", "k".repeat(256)).expect(400);
        client.post("/v1/machines", "{}", "Idempotency-Key", "k".repeat(255)).expect(201);
    }
}

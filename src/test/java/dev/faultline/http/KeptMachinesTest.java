package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a machine is called by, when it ends by itself, and what says so. */
class KeptMachinesTest extends HttpTest {

    private List<String> ids(String query) {
        return client.get("/v1/machines?limit=1000&" + query)
                .expect(200)
                .at("/machines")
                .findValuesAsString("id");
    }

    @Test
    void aMachineSaysHowItIsKept() {
        Answer made = client.post("/v1/machines", "{'id': 'kept-plain'}").expect(201);
        assertThat(made.at("/labels").isEmpty()).isTrue();
        assertThat(made.at("/idleTimeout").isNull()).isTrue();
        assertThat(made.at("/expires").isNull()).isTrue();
        assertThat(made.text("/durability")).isEqualTo("none");
        assertThat(made.number("/engine")).isEqualTo(1);
    }

    @Test
    void listsAreNarrowed() {
        client.machine("{'id': 'kept-a', 'labels': {'week': '3', 'lab': 'x:y'}}");
        client.machine("{'id': 'kept-b', 'labels': {'week': '3'}}");
        client.machine("{'id': 'kept-c', 'labels': {'week': '4'}}");
        assertThat(ids("label=week:3&prefix=kept-")).containsExactly("kept-a", "kept-b");
        assertThat(ids("label=lab:x:y")).containsExactly("kept-a");
        assertThat(ids("label=week:")).isEmpty();
        assertThat(ids("label=none:3")).isEmpty();
        assertThat(ids("prefix=kept-c")).containsExactly("kept-c");
        assertThat(ids("owner=local&prefix=kept-c")).containsExactly("kept-c");
        assertThat(ids("owner=nobody")).isEmpty();
        Answer first = client.get("/v1/machines?label=week:3&limit=1").expect(200);
        assertThat(first.at("/machines").findValuesAsString("id")).containsExactly("kept-a");
        String rest = "/v1/machines?label=week:3&limit=1&cursor=" + first.text("/nextCursor");
        assertThat(client.get(rest).at("/machines").findValuesAsString("id"))
                .containsExactly("kept-b");
        assertThat(client.get(rest).at("/nextCursor").isNull()).isTrue();
        for (String wrong : List.of("label=week", "label=:3", "owner=A", "owner=a~b~c", "owner=")) {
            client.get("/v1/machines?" + wrong).expectProblem(400, "INVALID_PARAMETER");
        }
        for (String list : List.of("/v1/traces", "/v1/operations", "/v1/targets")) {
            client.get(list + "?owner=local").expect(200);
            client.get(list + "?owner=~").expectProblem(400, "INVALID_PARAMETER");
        }
    }

    @Test
    void targetsHaveTheLabels() {
        client.machine(
                "{'id': 'kept-target', 'labels': {'a.b': '1', 'job': 'x', 'owner': 'y',"
                        + " '__scheme__': 'https', '_.param': '1'}}");
        for (JsonNode target : client.get("/v1/targets").json()) {
            if (target.at("/labels/machine").asString().equals("kept-target")) {
                Map<String, String> labels = new TreeMap<>();
                target.get("labels")
                        .properties()
                        .forEach(each -> labels.put(each.getKey(), each.getValue().asString()));
                assertThat(labels)
                        .containsEntry("a_b", "1")
                        .containsEntry("owner", "")
                        .containsEntry("tenant", "local")
                        .containsEntry("__metrics_path__", "/v1/machines/kept-target/metrics")
                        .doesNotContainKeys("job", "__scheme__", "__param");
                return;
            }
        }
        throw new AssertionError("no such target");
    }

    @Test
    void anIdleMachineEnds() throws InterruptedException {
        String idle = client.machine("{'id': 'kept-idle', 'idleTimeout': 'PT2S'}");
        Instant expires = Instant.parse(client.get(idle).text("/expires"));
        assertThat(Duration.between(Instant.now(), expires)).isLessThan(Duration.ofSeconds(3));
        Thread.sleep(1000);
        client.post(idle + "/processes", "{}").expect(201);
        assertThat(Instant.parse(client.get(idle).text("/expires"))).isAfter(expires);
        assertThat(client.get(idle + "?at=2").at("/expires").isNull()).isTrue();
        Thread.sleep(Duration.between(Instant.now(), expires).toMillis());
        assertThat(client.get(idle).status()).isEqualTo(200);
        Instant last = Instant.now().plusSeconds(10);
        while (client.get(idle).status() == 200 && Instant.now().isBefore(last)) {
            Thread.sleep(100);
        }
        client.get(idle).expectProblem(404, "NO_SUCH_MACHINE");
        client.machine("{'id': 'kept-idle'}");
    }

    @Test
    void aCloneAndAnImportAreKeptAlike() {
        String machine =
                client.machine(
                        "{'id': 'kept-one', 'labels': {'week': '3'}, 'idleTimeout': 'P1DT12H'}");
        Answer copy = client.post(machine + "/clone", "{'id': 'kept-two'}").expect(201);
        byte[] export = client.get(machine + "/export").expect(200).body();
        Answer imported =
                client.send("POST", "/v1/machines?id=kept-three", "application/x-faultline", export)
                        .expect(201);
        for (Answer each : List.of(copy, imported, client.post(machine + "/reset").expect(200))) {
            assertThat(each.text("/labels/week")).isEqualTo("3");
            assertThat(each.text("/idleTimeout")).isEqualTo("PT36H");
            assertThat(each.at("/expires").isNull()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            textBlock =
                    """
                    /labels,          "{'labels': 3}"
                    /labels,          "{'labels': []}"
                    /labels,          "{'labels': {'': 'x'}}"
                    /labels,          "{'labels': {'3': 'x'}}"
                    /labels/a,        "{'labels': {'a': 3}}"
                    /labels/a,        "{'labels': {'a': null}}"
                    /labels/a,        "{'labels': {'a': {'b': 'c'}}}"
                    /labels/a,        "{'labels': {'a': '\\u0000'}}"
                    /idleTimeout,     "{'idleTimeout': 'PT0S'}"
                    /idleTimeout,     "{'idleTimeout': 'PT-1S'}"
                    /idleTimeout,     "{'idleTimeout': 'P1Y'}"
                    /idleTimeout,     "{'idleTimeout': 'PT1.5S'}"
                    /idleTimeout,     "{'idleTimeout': 'P'}"
                    /idleTimeout,     "{'idleTimeout': 3600}"
                    /idleTimeout,     "{'idleTimeout': ''}"
                    /durability,      "{'durability': 'fsync'}"
                    /durability,      "{'durability': 0}"
                    /durability,      "{'durability': 'NONE'}"
                    """)
    void badOnesAreRefused(String pointer, String body) {
        client.post("/v1/machines", body).expectBadField(pointer);
    }

    @Test
    void thereAreAtMostSixteenLabels() {
        StringBuilder labels = new StringBuilder("'l0': ''");
        for (int i = 1; i < 16; i++) {
            labels.append(", 'l").append(i).append("': ''");
        }
        client.machine("{'labels': {" + labels + "}}");
        client.post("/v1/machines", "{'labels': {" + labels + ", 'l16': ''}}")
                .expectBadField("/labels");
    }

    @Test
    void theMachinesOfAStudyAreNotKept() {
        client.post("/v1/sweeps", "{'trace': {'addresses': [0]}, 'machine': {'labels': {}}}")
                .expect(400);
    }
}

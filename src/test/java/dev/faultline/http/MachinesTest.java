package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** Naming, listing, resetting, copying and deleting machines. */
class MachinesTest extends HttpTest {

    @Test
    void anIdIsTakenOnce() {
        client.post("/v1/machines", "{'id': 'm1'}").expect(201);
        client.post("/v1/machines", "{'id': 'm1'}").expectProblem(409, "MACHINE_EXISTS");
        client.delete("/v1/machines/m1").expect(204);
        client.post("/v1/machines", "{'id': 'm1'}").expect(201);
    }

    @Test
    void aListIsReadToItsEndByItsCursor() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(client.post("/v1/machines", "{'id': 'list-" + i + "'}").text("/id"));
        }
        List<String> listed = new ArrayList<>();
        Answer part = client.get("/v1/machines?limit=3").expect(200);
        while (true) {
            assertThat(part.at("/machines").size()).isBetween(1, 3);
            part.at("/machines").forEach(machine -> listed.add(machine.get("id").asString()));
            if (part.isNull("/nextCursor")) {
                break;
            }
            part = client.get("/v1/machines?limit=3&cursor=" + part.text("/nextCursor"));
        }
        assertThat(listed).containsExactlyElementsOf(made);
    }

    @Test
    void aFullLastPartHasNoCursor() {
        client.machine("{}");
        client.machine("{}");
        assertThat(client.get("/v1/machines?limit=2").expect(200).isNull("/nextCursor")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=-1",
                "limit=x",
                "limit=",
                "limit=1.0",
                "limit=99999999999",
                "limit=1&limit=2",
                "cursor=!",
                "cursor=AAAA",
                "page=1",
                "LIMIT=1"
            })
    void aBadQueryIsRefused(String query) {
        client.get("/v1/machines?" + query).expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void aDeletedMachineIsGoneWithAllThatIsUnderIt() {
        String machine = client.machineWithProcess("{}");
        Answer deleted = client.delete(machine).expect(204);
        assertThat(deleted.body()).isEmpty();
        client.delete(machine).expectProblem(404, "NO_SUCH_MACHINE");
        client.get(machine).expectProblem(404, "NO_SUCH_MACHINE");
        client.post(machine + "/reset").expectProblem(404, "NO_SUCH_MACHINE");
        client.post(machine + "/clone").expectProblem(404, "NO_SUCH_MACHINE");
        client.post(machine + "/processes").expectProblem(404, "NO_SUCH_MACHINE");
        client.get(machine + "/processes/1").expectProblem(404, "NO_SUCH_MACHINE");
        client.get(machine + "/counters").expectProblem(404, "NO_SUCH_MACHINE");
        client.get(machine + "/events").expectProblem(404, "NO_SUCH_MACHINE");
        client.get(machine + "/metrics").expectProblem(404, "NO_SUCH_MACHINE");
        client.postText(machine + "/processes/1/trace", Client.LACKEY, " L 0,1\n")
                .expectProblem(404, "NO_SUCH_MACHINE");
    }

    @Test
    void resetGoesBackToTheBeginning() {
        for (String spec : List.of("{}", "{'preset': 'lecture-16'}")) {
            Answer made = client.post("/v1/machines", spec).expect(201);
            String machine = "/v1/machines/" + made.text("/id");
            client.post(machine + "/processes").expect(201);
            client.access(machine, "read 0x6004");
            assertThat(client.digest(machine)).isNotEqualTo(made.text("/digest"));
            Answer reset = client.post(machine + "/reset").expect(200);
            assertThat(reset.text("/digest")).isEqualTo(made.text("/digest"));
            assertThat(reset.at("/counters")).isEqualTo(made.at("/counters"));
            assertThat(reset.number("/version")).isEqualTo(4);
        }
    }

    @Test
    void theDigestIsThatOfTheStateAndNotOfIdOrVersion() {
        String one = client.machineWithProcess("{'id': 'one'}");
        String two = client.machineWithProcess("{'id': 'two'}");
        client.access(one, "read 0x0", "write 0x5000");
        client.access(two, "read 0x0");
        client.access(two, "write 0x5000");
        assertThat(client.digest(one)).isEqualTo(client.digest(two));
        assertThat(client.version(one)).isNotEqualTo(client.version(two));
        client.access(two, "write 0x5000");
        assertThat(client.digest(one)).isNotEqualTo(client.digest(two));
    }

    @Test
    void aCloneIsEqualAndStaysSoUnderTheSameCommands() {
        String original = client.machineWithProcess("{'frames': 3, 'swap': {'slots': 8}}");
        client.access(original, "write 0x0 1 5", "write 0x1000", "read 0x2000", "read 0x3000");
        Answer made = client.post(original + "/clone", "{'id': 'twin'}").expect(201);
        String twin = "/v1/machines/twin";
        assertThat(made.header("Location")).isEqualTo(twin);
        assertThat(made.text("/digest")).isEqualTo(client.digest(original));
        assertThat(made.at("/counters")).isEqualTo(client.get(original).at("/counters"));
        for (String machine : List.of(original, twin)) {
            client.post(machine + "/processes/1/fork").expect(201);
            client.access(machine, 2, "write 0x0 1 6", "read 0x1000", "write 0x4000");
            client.access(machine, 1, "read 0x0", "write 0x2000");
        }
        assertThat(client.digest(twin)).isEqualTo(client.digest(original));
    }

    @Test
    void aCloneAndItsOriginalDoNotTouchEachOther() {
        String original = client.machineWithProcess("{}");
        client.access(original, "write 0x0 8 42");
        Answer clone = client.post(original + "/clone").expect(201);
        String before = client.digest(original);
        String twin = "/v1/machines/" + clone.text("/id");
        client.access(twin, "write 0x0 8 43");
        assertThat(client.digest(original)).isEqualTo(before);
        assertThat(client.access(original, "read 0x0 8").number("/results/0/value")).isEqualTo(42);
        client.delete(original).expect(204);
        assertThat(client.access(twin, "read 0x0 8").number("/results/0/value")).isEqualTo(43);
    }

    @Test
    void aCloneNeedsAFreeId() {
        String machine = client.machine("{'id': 'm1'}");
        client.post(machine + "/clone", "{'id': 'm1'}").expectProblem(409, "MACHINE_EXISTS");
        client.post(machine + "/clone", "{'id': '1m'}").expectBadField("/id");
    }

    @Test
    void aServerHostsOnlySoManyMachines() {
        for (int i = 0; i < MOST_MACHINES; i++) {
            client.machine("{}");
        }
        client.post("/v1/machines", "{}").expectProblem(429, "TOO_MANY_MACHINES");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'addressBits': 13",
                "'addressBits': 15",
                "'cpus': 1",
                "'frames': 2",
                "'pageSize': 16",
                "'swap': {'slots': 0}",
                "'tlb': null",
                "'translation': {'kind': 'linear'}",
                "'translation': {'kind': 'segmentation'}",
                "'limits': {'processes': 1, 'areas': 1}"
            })
    void aPresetOnAnotherSpecIsMadeOrRefused(String over) {
        int made = 0;
        for (JsonNode preset : client.get("/v1/presets").expect(200).at("/presets")) {
            String name = preset.get("name").asString();
            Answer answer = client.post("/v1/machines", "{'preset': '" + name + "', " + over + "}");
            assertThat(answer.status()).as("%s %s: %s", name, over, answer).isIn(201, 400);
            if (answer.status() == 201) {
                made++;
                client.delete("/v1/machines/" + answer.text("/id")).expect(204);
            }
        }
        assertThat(made).isPositive();
    }
}

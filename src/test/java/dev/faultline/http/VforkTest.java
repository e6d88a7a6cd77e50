package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A child that borrows its parent's memory, and a process that becomes another program. */
class VforkTest extends HttpTest {

    private static final String EXEC =
            "{'name': 'other', 'areas': [{'start': '0x4000', 'length': 4096, 'protection': 'rw-'}]}";

    private String process(String machine, int pid) {
        return machine + "/processes/" + pid;
    }

    @Test
    void theParentWaitsAndSeesWhatTheChildWrote() {
        String machine = client.machine("{'preset': 'vfork'}");
        assertThat(client.get(process(machine, 1)).text("/state")).isEqualTo("blocked");
        assertThat(client.access(machine, 2, "read 0x1000").number("/results/0/value"))
                .isEqualTo(7);
        client.access(machine, 2, "write 0x1000 1 8");
        String access = "{'accesses': [{'op': 'read', 'address': 0}]}";
        client.post(process(machine, 1) + "/accesses", access)
                .expectProblem(409, "PROCESS_BLOCKED");
        client.post(process(machine, 1) + "/exit").expectProblem(409, "PROCESS_BLOCKED");
        client.post(process(machine, 2) + "/exit").expect(200);
        assertThat(client.access(machine, 1, "read 0x1000").number("/results/0/value"))
                .isEqualTo(8);
        assertThat(client.get(machine + "/counters").number("/cowCopies")).isZero();
    }

    @Test
    void execGivesTheMemoryBackToTheParent() {
        String machine = client.machine("{'preset': 'vfork'}");
        Answer other = client.post(process(machine, 2) + "/exec", EXEC).expect(200);
        assertThat(other.text("/name")).isEqualTo("other");
        assertThat(other.number("/residentPages")).isZero();
        assertThat(client.get(process(machine, 1)).text("/state")).isEqualTo("running");
        client.access(machine, 2, "write 0x4000 1 1");
        assertThat(client.access(machine, 1, "read 0x1000").number("/results/0/value"))
                .isEqualTo(7);
        assertThat(client.access(machine, 2, "read 0x1000").text("/results/0/signal/code"))
                .isEqualTo("SEGV_MAPERR");
    }

    @Test
    void execFreesWhatWasThere() {
        String machine = client.machineWithProcess("{'frames': 4}");
        client.access(machine, "write 0x0", "write 0x1000");
        client.post(process(machine, 1) + "/exec", EXEC).expect(200);
        assertThat(client.get(machine + "/frames").at("/frames").findValuesAsString("state"))
                .containsOnly("free");
        assertThat(client.get(process(machine, 1) + "/areas").at("/areas").size()).isEqualTo(1);
    }

    @Test
    void anExecThatIsRefusedChangesNothing() {
        String machine = client.machineWithProcess("{}");
        String before = client.digest(machine);
        String body = EXEC.replace("'rw-'", "'r-x', 'kind': 'file', 'file': 'none'");
        Answer refused = client.post(process(machine, 1) + "/exec", body).expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOENT");
        assertThat(client.digest(machine)).isEqualTo(before);
    }

    @Test
    void aTableThatDoesNotFitIsAskedForByTheChildThatFaults() {
        String machine = client.machine("{'pageSize': 16, 'translation': {'memory': 'pageable'}}");
        client.post(machine + "/processes", "{}").expect(201);
        client.post(process(machine, 1) + "/vfork").expect(201);
        Answer access = client.access(machine, 2, "read 0x0");
        assertThat(access.text("/results/0/signal/name")).isEqualTo("SIGKILL");
        assertThat(client.get(process(machine, 2)).text("/state")).isEqualTo("terminated");
        assertThat(client.get(process(machine, 1)).text("/state")).isEqualTo("ready");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where memory is relocated or segmented there is nothing to do some calls with: the simulated
 * kernel says so, and nothing changes. A process that is not there, or can do nothing, goes first.
 */
class NotPagedTest extends HttpTest {

    /** A request below the machine's path, for the process of a pid. */
    private record Call(String method, String path, String body) {

        Answer send(Client client, String machine, int pid) {
            String target = machine + path.replace("{pid}", "" + pid);
            return method.equals("PUT") ? client.put(target, body) : client.post(target, body);
        }
    }

    private static final Call HANDLER =
            new Call(
                    "PUT",
                    "/processes/{pid}/handler",
                    "{'commands': [{'command': 'unprotect', 'at': 'fault'}]}");

    private static final Call[] CALLS = {
        HANDLER,
        new Call("POST", "/processes/{pid}/areas/0x0/dirty", "{}"),
        new Call("POST", "/processes/{pid}/areas/0x0/lock", "{}"),
        new Call("POST", "/processes/{pid}/areas/0x0/unlock", "{}"),
        new Call("POST", "/processes/{pid}/areas/0x0/sync", "{}"),
        new Call("POST", "/processes/{pid}/areas/0x0/advise", "{'advice': 'dontneed'}"),
        new Call("POST", "/processes/{pid}/areas/0x0/remap", "{'newLength': 64}"),
        new Call(
                "POST",
                "/processes/{pid}/protect",
                "{'ranges': [{'start': 0, 'length': 64}], 'protection': 'r--'}")
    };

    @ParameterizedTest
    @ValueSource(strings = {"relocation", "segmentation"})
    void whatNeedsPagesIsRefused(String kind) {
        String machine = machine(kind);
        String digest = client.digest(machine);
        for (Call call : CALLS) {
            Answer answer = call.send(client, machine, 1).expect(200);
            assertThat(answer.text("/refused/error")).as("%s", answer).isEqualTo("ENOSYS");
            assertThat(answer.text("/refused/why")).as("%s", answer).contains("not paged");
            assertThat(answer.version()).as("%s", answer).isEqualTo(2);
        }
        assertThat(client.digest(machine)).isEqualTo(digest);
        assertThat(client.get(machine + "/processes/1/handler").at("/commands")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relocation", "segmentation"})
    void aProcessThatIsNotThereGoesFirst(String kind) {
        String machine = machine(kind);
        for (Call call : CALLS) {
            call.send(client, machine, 9).expectProblem(404, "NO_SUCH_PROCESS");
        }
        client.post(machine + "/processes/1/exit").expect(200);
        for (Call call : CALLS) {
            call.send(client, machine, 1).expectProblem(409, "PROCESS_EXITED");
        }
    }

    @Test
    void whoWaitsForABorrowerCanUnmapNothing() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes/1/vfork").expect(201);
        String digest = client.digest(machine);
        client.delete(machine + "/processes/1/areas/0x0").expectProblem(409, "PROCESS_BLOCKED");
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    private String machine(String kind) {
        return client.machineWithProcess(
                "{'pageSize': 64, 'frames': 16, 'translation': {'kind': '" + kind + "'}}");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.history.Request;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Program;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import tools.jackson.databind.JsonNode;

/** A machine on which a command breaks off half-way, by a mistake of the server's. */
class QuarantineTest extends HttpTest {

    @Autowired private MachineHost host;

    /** A program that runs a while, and then breaks the one who asks whether it is at its end. */
    private static final class Broken implements Program {

        private boolean given;
        private boolean broken;

        @Override
        public String id() {
            return "broken";
        }

        @Override
        public long count() {
            if (given && !broken) {
                broken = true;
                throw new IllegalStateException("PageList: 3 is not listed");
            }
            return 100_000;
        }

        @Override
        public long fill(AccessBlock block, long from, long to) {
            given = true;
            for (long i = from; i < to; i++) {
                block.add(0, 4096 * (i % 7));
            }
            return to;
        }

        @Override
        public long hostBytes() {
            return 0;
        }
    }

    private String broken() {
        String machine = client.machineWithProcess("{}");
        HostedMachine hosted =
                host.find(Caller.LOCAL, machine.substring(machine.lastIndexOf('/') + 1));
        try (Change change =
                hosted.change(Owner.LOCAL, version -> true, new Request("test", "", null))) {
            change.apply(new Command.GiveProgram(1, new Broken(), 0));
        }
        return machine;
    }

    @Test
    void itIsSetAsideAndCanBeReadResetAndDeleted() {
        String machine = broken();
        long version = client.version(machine);
        long last = lastEvent(machine);
        Answer failed = client.post(machine + "/run", "{}", "Idempotency-Key", "k").expect(500);
        assertThat(failed.text("/reason")).isEqualTo("INTERNAL_ERROR");
        assertThat(failed.text()).doesNotContain("PageList");

        Answer shown = client.get(machine).expect(200);
        assertThat(shown.version()).isEqualTo(version + 1);
        assertThat(shown.number("/quarantine/version")).isEqualTo(version + 1);
        assertThat(shown.text("/quarantine/why")).contains("broke off").doesNotContain("Exception");
        assertThat(shown.number("/counters/accesses")).isPositive();

        Answer again = client.post(machine + "/run", "{}", "Idempotency-Key", "k").expect(500);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        Answer refused = client.post(machine + "/run", "{}").expect(409);
        assertThat(refused.text("/reason")).isEqualTo("MACHINE_QUARANTINED");
        client.post(machine + "/clone", "{}").expect(409);
        client.post(machine + "/processes").expect(409);
        client.post(machine + "/processes/1/accesses", Client.batch("read 0x0")).expect(409);
        assertThat(client.version(machine)).isEqualTo(version + 1);
        client.get(machine + "/frames").expect(200);
        client.get(machine + "/metrics").expect(200);
        client.get("/actuator/prometheus").expect(200);

        Answer reset = client.post(machine + "/reset").expect(200);
        assertThat(reset.isNull("/quarantine")).isTrue();
        assertThat(reset.version()).isEqualTo(version + 2);
        client.post(machine + "/processes").expect(201);
        assertThat(client.get(machine + "/events").number("/events/0/seq")).isGreaterThan(last);
        client.delete(machine).expect(204);
    }

    @Test
    void anEventNumberIsNeverUsedTwice() {
        String machine = client.machineWithProcess("{}");
        for (int i = 0; i < 8; i++) {
            client.post(machine + "/processes/1/fork").expect(201);
        }
        String digest = client.digest(machine);
        long last = lastEvent(machine);
        client.post(machine + "/reset").expect(200);
        assertThat(client.get(machine + "/events?after=" + last).at("/events")).isEmpty();
        client.get(machine + "/events?after=" + (last - 1)).expect(410);
        client.post(machine + "/processes").expect(201);
        assertThat(client.get(machine + "/events?after=" + last).number("/events/0/seq"))
                .isEqualTo(last + 1);
        for (int i = 0; i < 8; i++) {
            client.post(machine + "/processes/1/fork").expect(201);
        }
        assertThat(client.digest(machine)).isEqualTo(digest);
        String clone = client.post(machine + "/clone", "{}").expect(201).text("/id");
        assertThat(client.get("/v1/machines/" + clone + "/events").at("/events"))
                .isEqualTo(client.get(machine + "/events").at("/events"));
    }

    @Test
    void whatChangesNothingMakesNoVersion() {
        String machine = client.machineWithProcess("{'cpus': 2}");
        client.access(machine, "write 0x1000").expect(200);
        client.put(machine + "/groups/g", "{'limit': 4}");
        long version = client.version(machine);
        String digest = client.digest(machine);
        client.put(machine + "/groups/g", "{'limit': 4}");
        client.post(machine + "/processes/1/swap-in").expect(200);
        client.post(machine + "/run", "{}").expect(200);
        client.post(machine + "/processes/1/accesses", "{'accesses': []}").expect(200);
        client.post(
                        machine + "/processes/1/areas",
                        "{'start': '0x0', 'length': 4096, 'protection': 'rw-'}")
                .expect(200);
        assertThat(client.version(machine)).isEqualTo(version);
        assertThat(client.digest(machine)).isEqualTo(digest);
        client.post(machine + "/processes/1/exit").expect(200);
        client.post(machine + "/reset").expect(200);
        version = client.version(machine);
        client.post(machine + "/reset").expect(200);
        assertThat(client.version(machine)).isEqualTo(version);
    }

    private long lastEvent(String machine) {
        JsonNode events = client.get(machine + "/events").expect(200).at("/events");
        return events.get(events.size() - 1).get("seq").asLong();
    }
}

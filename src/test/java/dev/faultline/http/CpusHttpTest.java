package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Several processors as a client sees them: a TLB each, shootdowns, and entries that are stale. */
class CpusHttpTest extends HttpTest {

    @Test
    void anAccessNamesItsProcessorOrItsProcessesOwn() {
        String machine = client.machineWithProcess("{'cpus': 2, 'costs': {'shootdown': 50}}");
        String accesses = machine + "/processes/1/accesses";
        client.post(accesses, "{'accesses': [{'op': 'read', 'address': '0x1000'}]}").expect(200);
        Answer other =
                client.post(
                                accesses,
                                "{'accesses': [{'op': 'read', 'address': '0x1000', 'cpu': 1},"
                                        + " {'op': 'read', 'address': '0x1000', 'cpu': 1}]}")
                        .expect(200);
        assertThat(other.text("/results/0/tlb")).isEqualTo("miss");
        assertThat(other.text("/results/1/tlb")).isEqualTo("hit");
        Answer cpus = client.get(machine + "/cpus");
        assertThat(cpus.at("/cpus").size()).isEqualTo(2);
        assertThat(cpus.number("/cpus/1/pid")).isEqualTo(1);
        assertThat(cpus.number("/cpus/1/tlbEntries")).isEqualTo(1);
        assertThat(client.get(machine + "/tlb").at("/entries").size()).isEqualTo(32);
        client.delete(machine + "/processes/1/areas/0x1000?length=4096").expect(204);
        assertThat(client.get(machine + "/cpus").number("/shootdowns")).isEqualTo(1);
        assertThat(client.get(machine + "/cpus").number("/cpus/1/tlbEntries")).isZero();
        Answer wrong =
                client.post(accesses, "{'accesses': [{'op': 'read', 'address': 0, 'cpu': 2}]}")
                        .expect(400);
        assertThat(wrong.text("/errors/0/pointer")).isEqualTo("/accesses/0/cpu");
    }

    @Test
    void anEntryThatOnlyForbidsTooMuchIsUpgraded() {
        String machine = open("shootdown");
        Answer write =
                client.post(
                                machine + "/processes/1/accesses",
                                "{'accesses': [{'op': 'write', 'address': '0x2000', 'cpu': 1}]}")
                        .expect(200);
        assertThat(resolution(write)).isEqualTo("upgrade");
        assertThat(write.text("/results/0/fault/type")).isEqualTo("protection");
        assertThat(client.get(machine + "/cpus").number("/shootdowns")).isZero();
        client.patch(machine + "/processes/1/areas/0x2000", "{'protection': 'r--'}").expect(200);
        assertThat(client.get(machine + "/cpus").number("/shootdowns")).isEqualTo(1);
    }

    @Test
    void aKernelThatLeavesStaleEntriesLetsAProcessReadWhatIsGone() {
        String machine = open("stale-entry");
        Answer read =
                client.post(
                                machine + "/processes/1/accesses",
                                "{'accesses': [{'op': 'read', 'address': '0x2000', 'cpu': 1},"
                                        + " {'op': 'read', 'address': '0x2000', 'cpu': 0}]}")
                        .expect(200);
        assertThat(read.number("/results/0/value")).isEqualTo(99);
        assertThat(read.isNull("/results/0/signal")).isTrue();
        assertThat(read.text("/results/1/signal/code")).isEqualTo("SEGV_MAPERR");
    }
}

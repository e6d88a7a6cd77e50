package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames that the kernel maps for itself. Process 1 has its page 1 in frame 0. */
class KernelMappingsTest extends HttpTest {

    private String machine = "";

    @BeforeEach
    void make() {
        machine = client.machineWithProcess("{'frames': 4, 'tlb': {'entries': 8}}");
        client.access(machine, "write 0x1000 1 7");
    }

    private Answer map(String body) {
        return client.post(machine + "/kernel/mappings", body);
    }

    private Answer access(String accesses) {
        return client.post(machine + "/kernel/accesses", "{'accesses': [" + accesses + "]}");
    }

    @Test
    void theKernelReadsAndWritesWhatAProcessHas() {
        Answer made = map("{'frame': 0}").expect(201);
        assertThat(made.text("/address")).isEqualTo("0x0");
        assertThat(made.header("Location")).endsWith(machine + "/kernel/mappings/0x0");
        assertThat(access("{'op': 'read', 'address': '0x0'}").number("/results/0/value"))
                .isEqualTo(7);
        access("{'op': 'write', 'address': '0x0', 'size': 1, 'value': 8}").expect(200);
        assertThat(client.access(machine, "read 0x1000").number("/results/0/value")).isEqualTo(8);
        Answer list = client.get(machine + "/kernel/mappings");
        assertThat(list.at("/mappings/0/dirty").asBoolean()).isTrue();
        assertThat(list.number("/counters/writes")).isEqualTo(1);
        assertThat(list.number("/counters/accesses")).isEqualTo(2);
    }

    @Test
    void aMappingAllowsWhatItSays() {
        map("{'frame': 0, 'protection': 'r--'}").expect(201);
        Answer write = access("{'op': 'write', 'address': '0x0', 'size': 1, 'value': 8}");
        assertThat(write.text("/results/0/signal/code")).isEqualTo("SEGV_ACCERR");
        assertThat(write.isNull("/stopped")).isTrue();
        assertThat(client.access(machine, "read 0x1000").number("/results/0/value")).isEqualTo(7);
    }

    @Test
    void whatTheKernelWroteIsNotForgottenWhenItUnmaps() {
        client.access(machine, "read 0x2000", "read 0x3000", "read 0x4000", "read 0x5000");
        client.access(machine, "read 0x1000"); // clean, with a copy in its slot
        int frame = (int) client.get(machine + "/processes/1/pages").number("/pages/0/frame");
        map("{'frame': " + frame + "}").expect(201);
        String address = "0x" + Integer.toHexString(frame * 4096);
        access("{'op': 'write', 'address': '" + address + "', 'size': 1, 'value': 9}");
        client.delete(machine + "/kernel/mappings/" + address).expect(204);
        client.access(machine, "read 0x2000", "read 0x3000", "read 0x4000", "read 0x5000");
        Answer back = client.access(machine, "read 0x1000");
        assertThat(back.text("/results/0/fault/resolution")).isEqualTo("swap-in");
        assertThat(back.number("/results/0/value")).isEqualTo(9);
    }

    @Test
    void theMappingGoesWithThePage() {
        map("{'frame': 0}").expect(201);
        client.post(machine + "/processes/1/exit").expect(200);
        assertThat(client.get(machine + "/frames").text("/frames/0/state")).isEqualTo("free");
        assertThat(client.get(machine + "/kernel/mappings").at("/mappings")).isEmpty();
        assertThat(access("{'op': 'read', 'address': '0x0'}").text("/results/0/signal/code"))
                .isEqualTo("SEGV_MAPERR");
    }

    @Test
    void theLastSharerKeepsItsFrameThoughTheKernelMapsIt() {
        client.post(machine + "/processes/1/fork").expect(201);
        map("{'frame': 0}").expect(201);
        client.post(machine + "/processes/2/exit").expect(200);
        Answer write = client.access(machine, "write 0x1000 1 8");
        assertThat(write.text("/results/0/fault/resolution")).isEqualTo("cow-reuse");
        assertThat(access("{'op': 'read', 'address': '0x0'}").number("/results/0/value"))
                .isEqualTo(8);
    }

    @Test
    void theKernelRefusesWithAReason() {
        String before = client.digest(machine);
        assertThat(map("{'frame': 1}").expect(200).text("/refused/why"))
                .isEqualTo("frame 1 is free");
        assertThat(client.delete(machine + "/kernel/mappings/0x0").text("/refused/why"))
                .isEqualTo("the kernel does not map frame 0");
        assertThat(access("{'op': 'read', 'address': '0x0'}").expect(409).text("/reason"))
                .isEqualTo("NO_KERNEL_MAPPING");
        assertThat(map("{'frame': 4}").expect(400).text("/errors/0/pointer")).isEqualTo("/frame");
        assertThat(map("{}").expect(400).text("/errors/0/pointer")).isEqualTo("/frame");
        assertThat(client.digest(machine)).isEqualTo(before);
        map("{'frame': 0}").expect(201);
        assertThat(map("{'frame': 0}").expect(200).text("/refused/error")).isEqualTo("EINVAL");
    }

    @Test
    void globalEntriesStayWhenProcessesAreSwitched() {
        for (boolean global : new boolean[] {false, true}) {
            machine =
                    client.machineWithProcess(
                            "{'frames': 4, 'tlb': {'entries': 8, 'tagged': false, 'global': "
                                    + global
                                    + "}}");
            client.access(machine, "write 0x1000 1 7");
            map("{'frame': 0}").expect(201);
            access("{'op': 'read', 'address': '0x0'}");
            Answer back = client.access(machine, "read 0x1000");
            assertThat(back.text("/results/0/tlb")).isEqualTo(global ? "hit" : "miss");
            Answer again = access("{'op': 'read', 'address': '0x0'}");
            assertThat(again.text("/results/0/tlb")).isEqualTo(global ? "hit" : "miss");
            assertThat(client.get(machine + "/counters").number("/contextSwitches"))
                    .isEqualTo(global ? 0 : 3);
        }
    }
}

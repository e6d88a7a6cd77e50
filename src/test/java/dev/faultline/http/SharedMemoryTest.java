package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Memory with a name: between processes, across a fork, and twice in one process. */
class SharedMemoryTest extends HttpTest {

    private String machine = "";

    @BeforeEach
    void make() {
        machine = client.machine("{'frames': 4, 'addressBits': 20}");
        process("0x1000", "rw-");
    }

    private static String area(String start, String protection) {
        return ("{'start': '%s', 'length': 8192, 'protection': '%s', 'kind': 'shared-memory',"
                        + " 'name': 'box'}")
                .formatted(start, protection);
    }

    private int process(String start, String protection) {
        String data = "{'start': '0x10000', 'length': 65536, 'protection': 'rw-'}";
        String areas = "{'areas': [" + area(start, protection) + ", " + data + "]}";
        return (int) client.post(machine + "/processes", areas).expect(201).number("/pid");
    }

    private Answer map(int pid, String start, String protection) {
        return client.post(machine + "/processes/" + pid + "/areas", area(start, protection));
    }

    @Test
    void theAreaSaysWhatItShares() {
        JsonNode area = client.get(machine + "/processes/1/areas").at("/areas/0");
        assertThat(area.get("kind").asString()).isEqualTo("shared-memory");
        assertThat(area.get("sharing").asString()).isEqualTo("shared");
        assertThat(area.get("name").asString()).isEqualTo("box");
        assertThat(client.get(machine + "/processes/1/areas").isNull("/areas/1/name")).isTrue();
    }

    @Test
    void twoProcessesSeeTheSameFrameAtTheirOwnAddresses() {
        int other = process("0x4000", "r--");
        assertThat(resolution(client.access(machine, "write 0x1000 1 7"))).isEqualTo("zero-fill");
        Answer read = client.access(machine, other, "read 0x4000");
        assertThat(resolution(read)).isEqualTo("map");
        assertThat(read.number("/results/0/value")).isEqualTo(7);
        assertThat(client.get(machine + "/frames").at("/frames/0/mappings"))
                .isEqualTo(Answer.json("[{'pid': 1, 'page': 1}, {'pid': 2, 'page': 4}]"));
        client.access(machine, "write 0x1000 1 8");
        assertThat(client.access(machine, other, "read 0x4000").number("/results/0/value"))
                .isEqualTo(8);
        assertThat(client.access(machine, other, "write 0x4000 1 9").text("/results/0/signal/code"))
                .isEqualTo("SEGV_ACCERR");
        assertThat(client.get(machine + "/counters").number("/cowCopies")).isZero();
    }

    @Test
    void aForkGoesOnSharing() {
        client.access(machine, "write 0x1000 1 7");
        client.post(machine + "/processes/1/fork").expect(201);
        Answer written = client.access(machine, 2, "write 0x1000 1 8");
        assertThat(written.isNull("/results/0/fault")).isTrue();
        assertThat(client.access(machine, "read 0x1000").number("/results/0/value")).isEqualTo(8);
    }

    /** Lecture 16, "Page Tables and Dirty Flags": one frame, two entries, dirty in only one. */
    @Test
    void twoAliasesInOneProcessAreCheckedAndInvalidatedTogether() {
        map(1, "0x8000", "rw-").expect(201);
        client.access(machine, "read 0x1000", "write 0x8000 1 7");
        Answer pages = client.get(machine + "/processes/1/pages");
        assertThat(pages.at("/pages/0/frame")).isEqualTo(pages.at("/pages/1/frame"));
        assertThat(pages.at("/pages/0/dirty").asBoolean()).isFalse();
        assertThat(pages.at("/pages/1/dirty").asBoolean()).isTrue();
        assertThat(client.get(machine + "/frames").at("/frames/0/dirty").asBoolean()).isTrue();

        client.access(machine, "read 0x10000", "read 0x11000", "read 0x12000", "read 0x13000");
        Answer after = client.get(machine + "/counters");
        assertThat(after.number("/swapOuts")).isEqualTo(1);
        Answer gone = client.get(machine + "/processes/1/pages?from=0&to=9");
        assertThat(gone.text("/pages/1/state")).isEqualTo("swapped");
        assertThat(gone.text("/pages/8/state")).isEqualTo("swapped");
        assertThat(gone.at("/pages/1/swapSlot")).isEqualTo(gone.at("/pages/8/swapSlot"));
        assertThat(gone.text("/pages/2/state")).isEqualTo("unallocated");

        Answer back = client.access(machine, "read 0x1000");
        assertThat(resolution(back)).isEqualTo("swap-in");
        assertThat(back.number("/results/0/value")).isEqualTo(7);
        assertThat(resolution(client.access(machine, "read 0x8000"))).isEqualTo("map");
    }

    @Test
    void whatIsThereOutlivesItsProcessesAndIsCloned() {
        client.access(machine, "write 0x1000 1 7");
        client.post(machine + "/processes/1/exit").expect(200);
        JsonNode frame = client.get(machine + "/frames").at("/frames/0");
        assertThat(frame.get("state").asString()).isEqualTo("used");
        assertThat(frame.get("mappings")).isEmpty();
        client.post(machine + "/clone", "{'id': 'copy'}").expect(201);
        String copy = "/v1/machines/copy";
        for (String each : List.of(machine, copy)) {
            String areas = "{'areas': [%s]}".formatted(area("0x3000", "r--"));
            client.post(each + "/processes", areas).expect(201);
            assertThat(client.access(each, 2, "read 0x3000").number("/results/0/value"))
                    .isEqualTo(7);
        }
        assertThat(client.digest(copy)).isEqualTo(client.digest(machine));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'length': 1, 'protection': 'r--', 'kind': 'shared-memory'} | /name",
                "{'length': 1, 'protection': 'r--', 'name': 'box'} | /name",
                "{'length': 1, 'protection': 'r--', 'kind': 'shared-memory', 'name': ''} | /name",
                "{'length': 1, 'protection': 'r--', 'kind': 'shared-memory', 'name': '/x'} | /name",
                "{'length': 1, 'protection': 'r--', 'kind': 'shared-memory', 'name': 'box',"
                        + " 'sharing': 'private'} | /sharing"
            })
    void aBadNameIsRefused(String json, String pointer) {
        client.post(machine + "/processes/1/areas", json).expectBadField(pointer);
    }
}

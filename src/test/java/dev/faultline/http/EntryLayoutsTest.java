package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Entries as real hardware has them. The words are put together by hand from the manuals: Intel SDM
 * volume 3A, tables 4-6 and 4-20 (P 1, R/W 2, U/S 4, A 20h, D 40h, XD bit 63, frame from bit 12);
 * RISC-V privileged architecture, figures "Sv32 page table entry" and "Sv39 page table entry" (V 1,
 * R 2, W 4, X 8, U 10h, A 40h, D 80h, PPN from bit 10).
 */
class EntryLayoutsTest extends HttpTest {

    /** Page 1 is rw-, read; page 2 is rw-, written; page 3 is r-x, executed. Frames 0, 1, 2. */
    private String machine(String layout) {
        String machine =
                client.machine("{'frames': 8, 'translation': {'layout': '" + layout + "'}}");
        client.post(
                        machine + "/processes",
                        "{'areas': [{'start': '0x1000', 'length': 8192, 'protection': 'rw-'},"
                                + " {'start': '0x3000', 'length': 4096, 'protection': 'r-x'}]}")
                .expect(201);
        client.access(machine, "read 0x1000", "write 0x2000", "execute 0x3000").expect(200);
        return machine;
    }

    private String word(String machine, int page) {
        Answer seen = client.get(machine + "/translations?pid=1&address=0x" + page + "000");
        int last = seen.at("/walk").size() - 1;
        return seen.text("/walk/" + last + "/word");
    }

    @ParameterizedTest
    @CsvSource({
        "ia-32, 0x27, 0x1067, 0x2025",
        "x86-64, 0x8000000000000027, 0x8000000000001067, 0x2025",
        "sv32, 0x57, 0x4d7, 0x85b",
        "sv39, 0x57, 0x4d7, 0x85b",
        "sv48, 0x57, 0x4d7, 0x85b"
    })
    void entriesAreTheHardwares(String layout, String read, String written, String executed) {
        String machine = machine(layout);
        assertThat(word(machine, 1)).isEqualTo(read);
        assertThat(word(machine, 2)).isEqualTo(written);
        assertThat(word(machine, 3)).isEqualTo(executed);
    }

    /**
     * What hardware cannot say is granted: W without R is reserved on RISC-V, whatever is present
     * may be read on x86, and executed where there is no bit against it. Page 1 is -w-, written;
     * page 2 is --x, executed; page 3 is rw-, executed if that works.
     */
    @ParameterizedTest
    @CsvSource({
        "ia-32, 0x67, true, 0x1025, true, 0x2027, true",
        "x86-64, 0x8000000000000067, true, 0x1025, true, 0x8000000000002027, false",
        "sv32, 0xd7, true, 0x459, false, 0x857, false",
        "sv39, 0xd7, true, 0x459, false, 0x857, false"
    })
    void hardwareGrantsWhatItCannotDeny(
            String layout,
            String writeOnly,
            boolean writeOnlyIsRead,
            String executeOnly,
            boolean executeOnlyIsRead,
            String data,
            boolean dataIsExecuted) {
        String machine =
                client.machine("{'frames': 8, 'translation': {'layout': '" + layout + "'}}");
        client.post(
                        machine + "/processes",
                        "{'onSignal': 'continue', 'areas': ["
                                + "{'start': '0x1000', 'length': 4096, 'protection': '-w-'},"
                                + " {'start': '0x2000', 'length': 4096, 'protection': '--x'},"
                                + " {'start': '0x3000', 'length': 4096, 'protection': 'rw-'}]}")
                .expect(201);
        client.access(machine, "write 0x1000", "execute 0x2000", "read 0x3000").expect(200);
        assertThat(word(machine, 1)).isEqualTo(writeOnly);
        assertThat(word(machine, 2)).isEqualTo(executeOnly);
        assertThat(word(machine, 3)).isEqualTo(data);
        Answer tried =
                client.access(machine, "read 0x1000", "read 0x2000", "execute 0x3000").expect(200);
        assertThat(tried.isNull("/results/0/signal")).isEqualTo(writeOnlyIsRead);
        assertThat(tried.isNull("/results/1/signal")).isEqualTo(executeOnlyIsRead);
        assertThat(tried.isNull("/results/2/signal")).isEqualTo(dataIsExecuted);
        if (!dataIsExecuted) {
            assertThat(tried.text("/results/2/signal/code")).isEqualTo("SEGV_ACCERR");
        }
    }

    /**
     * Frame 0, accessed, dirty and marked; the child's entry is marked and says "copy on write".
     */
    @ParameterizedTest
    @CsvSource({
        "ia-32, 0x160, 0x300",
        "x86-64, 0x160, 0x300",
        "sv32, 0xe0, 0x120",
        "sv39, 0xe0, 0x120"
    })
    void whatMayNotBeTouchedIsNotPresent(String layout, String word, String childs) {
        String machine = machine(layout);
        client.access(machine, "write 0x1000").expect(200);
        String area = machine + "/processes/1/areas/0x1000";
        client.patch(area, "{'length': 4096, 'protection': '---'}").expect(200);
        assertThat(word(machine, 1)).isEqualTo(word);
        client.post(machine + "/processes/1/fork").expect(201);
        assertThat(client.get(machine + "/translations?pid=2&address=0x1000").at("/walk"))
                .last()
                .satisfies(entry -> assertThat(entry.get("word").asString()).isEqualTo(childs));
        client.patch(area, "{'length': 4096, 'protection': 'rw-'}").expect(200);
        assertThat(client.access(machine, "write 0x1000").isNull("/results/0/signal")).isTrue();
    }

    /** The root is the first node, so the second lies 4096 bytes behind it, and so on. */
    @ParameterizedTest
    @CsvSource({
        "ia-32, 32, 2, 0x1007, 8192",
        "x86-64, 48, 4, 0x1007, 16384",
        "sv32, 32, 2, 0x401, 8192",
        "sv39, 39, 3, 0x401, 12288",
        "sv48, 48, 4, 0x401, 16384"
    })
    void nodesArePagesAndLeadToEachOther(
            String layout, int addressBits, int levels, String rootWord, long bytes) {
        String machine = machine(layout);
        assertThat(client.get(machine).number("/addressBits")).isEqualTo(addressBits);
        Answer seen = client.get(machine + "/translations?pid=1&address=0x1000");
        assertThat(seen.at("/walk").size()).isEqualTo(levels);
        assertThat(seen.text("/walk/0/word")).isEqualTo(rootWord);
        assertThat(client.get(machine + "/processes/1").number("/pageTableBytes")).isEqualTo(bytes);
    }

    @Test
    void anEntryThatIsNotPresentHoldsTheSlot() {
        for (String each : new String[] {"x86-64 0x400", "sv39 0x200"}) {
            String layout = each.substring(0, each.indexOf(' '));
            String machine =
                    client.machineWithProcess(
                            "{'frames': 1, 'translation': {'layout': '" + layout + "'}}");
            client.access(machine, "write 0x1000", "read 0x2000").expect(200);
            assertThat(word(machine, 1)).isEqualTo(each.substring(each.indexOf(' ') + 1));
        }
    }

    @Test
    void whatDoesNotFitALayoutIsNamed() {
        for (String each :
                new String[] {
                    "{'pageSize': 1024, 'translation': {'layout': 'sv39'}} /pageSize",
                    "{'translation': {'layout': 'sv39', 'levels': [9, 9]}} /translation/layout",
                    "{'translation': {'layout': 'sv32', 'memory': 'frames'}} /translation/memory",
                    "{'translation': {'layout': 'sv39', 'kind': 'hashed'}} /translation/levels",
                    "{'addressBits': 40, 'translation': {'layout': 'sv39'}} /translation/levels"
                }) {
            int cut = each.lastIndexOf(' ');
            Answer refused = client.post("/v1/machines", each.substring(0, cut)).expect(400);
            assertThat(refused.text("/errors/0/pointer")).isEqualTo(each.substring(cut + 1));
        }
    }
}

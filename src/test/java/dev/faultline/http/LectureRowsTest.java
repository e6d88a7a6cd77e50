package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/**
 * What the lectures ask, row by row, as a student sees it: each opens a preset and tries what the
 * preset says it shows. These are the rows of CS124 lecture 16; {@link PagingNotesRowsTest} has
 * those of the paging notes.
 */
class LectureRowsTest extends HttpTest {

    @Test
    void c1AnAddressIsAPageNumberAndAnOffset() {
        String machine = open("lecture-16");
        Answer read = client.access(machine, "read 0x2004");
        assertThat(read.number("/results/0/page")).isEqualTo(2);
        assertThat(read.number("/results/0/offset")).isEqualTo(4);
        assertThat(read.text("/results/0/physicalAddress")).isEqualTo("0x1004");
        Answer beyond =
                client.post(
                        machine + "/processes/1/accesses",
                        "{'accesses': [{'op': 'read', 'address': '0x8000'}]}");
        assertThat(beyond.expect(400).text("/errors/0/pointer")).isEqualTo("/accesses/0/address");
        assertThat(
                        client.post("/v1/machines", "{'pageSize': 3000}")
                                .expect(400)
                                .text("/errors/0/detail"))
                .contains("power of two");
    }

    @Test
    void c4EveryKindOfTableFindsTheSamePagesAtAnotherPrice() {
        for (String each : List.of("linear 1", "hierarchical 2", "hashed 2", "inverted 2")) {
            String kind = each.substring(0, each.indexOf(' '));
            String levels = kind.equals("hierarchical") ? ", 'levels': [4, 4]" : "";
            String machine =
                    client.machineWithProcess(
                            "{'addressBits': 20, 'tlb': null, 'translation': {'kind': '"
                                    + kind
                                    + "'"
                                    + levels
                                    + "}}");
            client.access(machine, "write 0x5000 1 42");
            Answer read = client.access(machine, "read 0x5000");
            assertThat(read.number("/results/0/value")).isEqualTo(42);
            assertThat(read.number("/results/0/frame")).isZero();
            assertThat(read.number("/counters/walkReferences"))
                    .isEqualTo(each.charAt(each.length() - 1) - '0');
        }
    }

    @Test
    void c5TwoProgramsAtTheSameAddressesAreIsolated() {
        String machine = open("isolation");
        for (int pid = 1; pid <= 2; pid++) {
            Answer read = client.access(machine, pid, "read 0x10000");
            assertThat(read.number("/results/0/value")).isEqualTo(pid);
            assertThat(read.number("/results/0/frame")).isEqualTo(pid - 1);
        }
        client.access(machine, 1, "write 0x10000 1 9");
        assertThat(client.access(machine, 2, "read 0x10000").number("/results/0/value"))
                .isEqualTo(2);
    }

    @Test
    void c6AnInvalidEntryKeepsTheSwapSlot() {
        Answer pages = client.get(open("larger-than-memory") + "/processes/1/pages");
        assertThat(pages.at("/pages").size()).isEqualTo(8);
        assertThat(pages.text("/pages/0/state")).isEqualTo("swapped");
        assertThat(pages.at("/pages/0/valid").asBoolean()).isFalse();
        assertThat(pages.number("/pages/0/swapSlot")).isZero();
        assertThat(pages.text("/pages/7/state")).isEqualTo("resident");
    }

    @Test
    void c9AVictimIsWrittenBackOnlyIfItIsDirty() {
        for (boolean dirty : new boolean[] {false, true}) {
            String machine = open("lecture-16");
            if (dirty) {
                client.access(machine, "write 0x4000 1 7");
            }
            Answer read = client.access(machine, "read 0x6000");
            assertThat(read.at("/results/0/fault/evicted/mappings/0/page").asInt()).isEqualTo(4);
            assertThat(read.at("/results/0/fault/evicted/writtenBack").asBoolean())
                    .isEqualTo(dirty);
            assertThat(read.number("/counters/swapOuts")).isEqualTo(dirty ? 1 : 0);
        }
    }

    @Test
    void c10AllAliasesOfAFrameAreCheckedAndInvalidated() {
        String machine = open("aliases");
        Answer pages = client.get(machine + "/processes/1/pages");
        assertThat(pages.at("/pages/0/dirty").asBoolean()).isFalse();
        assertThat(pages.at("/pages/1/dirty").asBoolean()).isTrue();
        client.access(machine, "read 0x1000", "read 0x2000", "read 0x3000", "read 0x4000");
        assertThat(client.get(machine + "/counters").number("/swapOuts")).isEqualTo(1);
        assertThat(client.get(machine + "/counters").number("/unmaps")).isEqualTo(2);
        Answer back = client.access(machine, "read 0x10000");
        assertThat(resolution(back)).isEqualTo("swap-in");
        assertThat(back.number("/results/0/value")).isEqualTo(42);
    }

    @Test
    void c10APageMappedIntoTheKernelIsAnAliasToo() {
        String machine = open("kernel-mapping");
        assertThat(client.get(machine + "/processes/1/pages").at("/pages/0/dirty").asBoolean())
                .isFalse();
        Answer kernel = client.get(machine + "/kernel/mappings");
        assertThat(kernel.at("/mappings/0/dirty").asBoolean()).isTrue();
        assertThat(client.get(machine + "/frames").at("/frames/0/mappings").toString())
                .isEqualTo("[{\"pid\":1,\"page\":1},{\"pid\":0,\"page\":0}]");
        client.access(machine, "read 0x2000", "read 0x3000", "read 0x4000", "read 0x5000");
        assertThat(client.get(machine + "/counters").number("/swapOuts")).isEqualTo(1);
        assertThat(client.get(machine + "/counters").number("/unmaps")).isEqualTo(2);
        assertThat(client.get(machine + "/kernel/mappings").at("/mappings")).isEmpty();
        Answer gone =
                client.post(
                        machine + "/kernel/accesses",
                        "{'accesses': [{'op': 'read', 'address': '0x0'}]}");
        assertThat(code(gone)).isEqualTo("SEGV_MAPERR");
        assertThat(gone.text("/results/0/fault/why")).contains("no longer");
        Answer back = client.access(machine, "read 0x1000");
        assertThat(resolution(back)).isEqualTo("swap-in");
        assertThat(back.number("/results/0/value")).isEqualTo(42);
    }

    @Test
    void c11AWholeProcessIsSwappedOutAndIn() {
        String machine = open("isolation");
        client.access(machine, 1, "read 0x11000"); // nothing is lost when it is dropped
        Answer out = client.post(machine + "/processes/1/swap-out").expect(200);
        assertThat(out.text("/state")).isEqualTo("swapped");
        assertThat(out.number("/residentPages")).isZero();
        assertThat(out.number("/swappedPages")).isEqualTo(1);
        assertThat(client.get(machine + "/swap").at("/slots").size()).isEqualTo(1);
        assertThat(client.get(machine + "/processes/2").number("/residentPages")).isEqualTo(1);

        Answer read = client.access(machine, 1, "read 0x10000");
        assertThat(read.isNull("/results/0/fault")).isTrue(); // it was brought back to run
        assertThat(read.number("/results/0/value")).isEqualTo(1);
        assertThat(client.get(machine + "/processes/1").text("/state")).isEqualTo("running");

        client.post(machine + "/processes/2/swap-out").expect(200);
        Answer in = client.post(machine + "/processes/2/swap-in").expect(200);
        assertThat(in.text("/state")).isEqualTo("ready");
        assertThat(in.number("/residentPages")).isEqualTo(1);
    }

    @Test
    void c11AProcessStaysIfTheStoreCannotTakeIt() {
        String machine = client.machineWithProcess("{'swap': {'slots': 1}}");
        client.access(machine, "write 0x0 1 1", "write 0x1000 1 2");
        String before = client.digest(machine);
        Answer refused = client.post(machine + "/processes/1/swap-out").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOMEM");
        assertThat(client.digest(machine)).isEqualTo(before);
    }

    @Test
    void c12AProgramIsLoadedOnlyAsItRuns() {
        String machine = open("program");
        Answer run =
                client.access(machine, 1, "execute 0x1000", "execute 0x1004", "execute 0x3000");
        assertThat(resolution(run)).isEqualTo("file-read");
        assertThat(run.isNull("/results/1/fault")).isTrue();
        assertThat(client.get(machine + "/counters").number("/fileIns")).isEqualTo(2);
        assertThat(client.get(machine + "/files").number("/files/0/cachedPages")).isEqualTo(2);
        assertThat(resolution(client.access(machine, 2, "execute 0x3000"))).isEqualTo("map");
        assertThat(client.access(machine, 2, "read 0x3000").number("/results/0/value"))
                .isEqualTo(3);
        assertThat(client.get(machine + "/counters").number("/fileIns")).isEqualTo(2);
        assertThat(code(client.access(machine, 1, "write 0x1000"))).isEqualTo("SEGV_ACCERR");
    }

    @Test
    void c13AHeapGrowsWithoutFramesUntilItIsTouched() {
        String machine = open("heap");
        Answer heap = client.post(machine + "/processes/1/brk", "{'increment': 100000}");
        assertThat(heap.expect(200).number("/length")).isEqualTo(105_000);
        assertThat(client.get(machine + "/processes/1").number("/residentPages")).isZero();
        assertThat(resolution(client.access(machine, "write 0x2000 1 1"))).isEqualTo("zero-fill");
        assertThat(client.get(machine + "/processes/1").number("/residentPages")).isEqualTo(1);
    }

    @Test
    void c16ForkCopiesTheTableAndTheLastSharerCopiesNothing() {
        String machine = open("fork");
        assertThat(client.get(machine + "/frames?limit=8").at("/frames/4/state").asString())
                .isEqualTo("free");
        assertThat(resolution(client.access(machine, 2, "write 0x0 1 7"))).isEqualTo("cow-copy");
        assertThat(resolution(client.access(machine, 1, "write 0x0 1 8"))).isEqualTo("cow-reuse");
        assertThat(client.access(machine, 2, "read 0x0").number("/results/0/value")).isEqualTo(7);
    }

    @Test
    void c16TheAnswerSaysWhatAForkCost() {
        String machine = open("fork");
        Answer child = client.get(machine + "/processes/2");
        assertThat(child.at("/fork"))
                .isEqualTo(
                        Answer.json(
                                "{'entriesDuplicated': 4, 'framesCopied': 0, 'laterCopies': 0,"
                                        + " 'laterReuses': 0, 'eagerCopies': 4}"));
        client.access(machine, 2, "write 0x0", "write 0x1000");
        client.access(machine, 1, "write 0x0");
        assertThat(client.get(machine + "/processes/2").at("/fork"))
                .isEqualTo(
                        Answer.json(
                                "{'entriesDuplicated': 4, 'framesCopied': 0, 'laterCopies': 2,"
                                        + " 'laterReuses': 1, 'eagerCopies': 4}"));
        assertThat(client.get(machine + "/processes/1").isNull("/fork")).isTrue();
    }

    @Test
    void c17TaskMmTableAndAreasAreOnePicture() {
        Answer picture = client.get(open("vfork") + "/processes/2/descriptors");
        assertThat(picture.number("/task/parent")).isEqualTo(1);
        assertThat(picture.number("/mm/asid")).isEqualTo(1);
        assertThat(picture.number("/mm/users")).isEqualTo(2);
        assertThat(picture.text("/mm/table/kind")).isEqualTo("linear");
        assertThat(picture.number("/mm/residentPages")).isEqualTo(1);
        assertThat(picture.text("/mm/areas/0/protection")).isEqualTo("rw-");
    }

    @Test
    void c17AreasAreShownBesideTheTable() {
        String machine = open("areas");
        Answer areas = client.get(machine + "/processes/1/areas");
        assertThat(areas.at("/areas").findValuesAsString("kind"))
                .containsExactly("anonymous", "anonymous", "stack", "heap");
        assertThat(areas.text("/areas/0/protection")).isEqualTo("r-x");
        assertThat(client.get(machine + "/processes/1/pages").at("/pages")).isEmpty();
    }

    @Test
    void c18AFaultSearchesTheAreas() {
        String machine = open("areas");
        assertThat(code(client.access(machine, "write 0x1000"))).isEqualTo("SEGV_ACCERR");
        assertThat(code(client.access(machine, "read 0x3000"))).isEqualTo("SEGV_MAPERR");
        assertThat(resolution(client.access(machine, "write 0xee000"))).isEqualTo("stack-growth");
        assertThat(client.get(machine + "/counters").number("/signals")).isEqualTo(2);
    }

    @Test
    void c20NewPagesAreZero() {
        String machine = open("zeroing");
        for (int page = 0; page < 4; page++) {
            Answer read = client.access(machine, 2, "read 0x" + page + "000 8");
            assertThat(read.number("/results/0/value")).isZero();
        }
    }

    @Test
    void c21CopyOnWriteIsToldFromARealProtectionFault() {
        String machine = open("fork");
        assertThat(resolution(client.access(machine, 2, "write 0x1000"))).isEqualTo("cow-copy");
        assertThat(code(client.access(machine, 2, "write 0x3000"))).isEqualTo("SEGV_ACCERR");
    }
}

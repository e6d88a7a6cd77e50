package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/**
 * What the lectures ask, row by row, as a student sees it: each opens a preset and tries what the
 * preset says it shows. C is CS124 lecture 16, P the paging notes.
 */
class LectureRowsTest extends HttpTest {

    private String open(String preset) {
        return client.machine("{'preset': '" + preset + "'}");
    }

    private static String resolution(Answer answer) {
        return answer.text("/results/0/fault/resolution");
    }

    private static String code(Answer answer) {
        return answer.text("/results/0/signal/code");
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

    @Test
    void p4InternalWasteIsMeasured() {
        Answer process = client.get(open("heap") + "/processes/1");
        assertThat(process.number("/areaBytesInPages") - process.number("/areaBytes"))
                .isEqualTo(3192);
    }

    @Test
    void p5ProcessesShareFrames() {
        String machine = open("shared-memory");
        Answer read = client.access(machine, 2, "read 0x20000");
        assertThat(read.number("/results/0/value")).isEqualTo(42);
        assertThat(resolution(read)).isEqualTo("map");
        assertThat(client.get(machine + "/frames").at("/frames/0/mappings").size()).isEqualTo(2);
    }

    @Test
    void p6AReaderMayNotWrite() {
        String machine = open("shared-memory");
        assertThat(code(client.access(machine, 2, "write 0x20000 1 1"))).isEqualTo("SEGV_ACCERR");
    }

    @Test
    void p7AProcessMendsItsOwnFault() {
        String machine = client.machine("{}");
        String areas = "{'areas': [{'start': 0, 'length': 8192, 'protection': 'r--'}]}";
        client.post(machine + "/processes", areas).expect(201);
        String handler = "{'commands': [{'command': 'unprotect'}]}";
        client.put(machine + "/processes/1/handler", handler).expect(200);
        Answer write = client.access(machine, "write 0x1004 1 7", "read 0x1004");
        assertThat(write.at("/results/0/faults").findValuesAsString("resolution"))
                .containsExactly("handled", "zero-fill");
        assertThat(write.isNull("/results/0/signal")).isTrue();
        assertThat(write.number("/results/1/value")).isEqualTo(7);
        assertThat(write.number("/counters/signals")).isEqualTo(1);
    }

    @Test
    void p7AHandlerThatDoesNotMendItsFaultEndsTheProcess() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': []}").expect(201);
        String handler = "{'commands': [{'command': 'unprotect'}]}";
        client.put(machine + "/processes/1/handler", handler).expect(200);
        Answer read = client.access(machine, "read 0x1000", "read 0x2000");
        assertThat(read.at("/results/0/faults").findValuesAsString("resolution"))
                .containsExactly("handled", "handled", "handled", "signal");
        assertThat(read.text("/results/0/fault/why"))
                .contains("3 tries")
                .contains("a page of the range is in no area");
        assertThat(read.number("/stopped/at")).isZero();
        assertThat(client.get(machine + "/processes/1").text("/state")).isEqualTo("terminated");
        assertThat(client.get(machine + "/events").at("/events").findValuesAsString("type"))
                .contains("handler-failed");
    }

    @Test
    void p11TwoProcessesTogetherMayBeLargerThanMemory() {
        String machine = open("larger-than-memory");
        client.post(machine + "/processes").expect(201);
        for (int page = 0; page < 6; page++) {
            client.access(machine, 2, "write 0x" + page + "000 1 " + (50 + page));
        }
        for (int page = 0; page < 6; page++) {
            for (int pid = 1; pid <= 2; pid++) {
                Answer read = client.access(machine, pid, "read 0x" + page + "000");
                assertThat(read.number("/results/0/value")).isEqualTo(pid == 1 ? page : 50 + page);
            }
        }
        assertThat(client.get(machine + "/swap").number("/used")).isGreaterThan(8);
    }

    @Test
    void p12ACollectorsReadBarrier() {
        String machine = open("read-barrier");
        for (int page = 0; page < 4; page++) {
            Answer read = client.access(machine, "read 0x2" + page + "000");
            assertThat(read.text("/results/0/faults/0/resolution")).isEqualTo("handled");
            assertThat(read.number("/results/0/value")).isEqualTo(100 + page);
            assertThat(client.access(machine, "read 0x2" + page + "004").isNull("/results/0/fault"))
                    .isTrue();
        }
        assertThat(client.get(machine + "/counters").number("/accessErrors")).isEqualTo(4);
    }

    @Test
    void p12AnIncrementalCheckpoint() {
        String machine = open("checkpoint");
        client.access(machine, "write 0x10000 1 9", "write 0x12000 1 9", "write 0x10001 1 9");
        assertThat(client.get(machine + "/counters").number("/accessErrors")).isEqualTo(2);
        for (int page = 0; page < 4; page++) {
            Answer read =
                    client.access(machine, "read 0x1" + page + "000", "read 0x2" + page + "000");
            boolean written = page % 2 == 0;
            assertThat(read.number("/results/0/value")).isEqualTo(written ? 9 : 1 + page);
            assertThat(read.number("/results/1/value")).isEqualTo(written ? 1 + page : 0);
        }
    }

    @Test
    void p12AWriteBarrierThatRecordsDirtyPages() {
        String machine = open("write-barrier");
        client.access(machine, "write 0x11000 1 9", "write 0x14000 1 9", "read 0x12000");
        String area = machine + "/processes/1/areas/0x10000";
        String all = "{'length': 32768}";
        assertThat(client.post(area + "/dirty", all).at("/pages").toString()).isEqualTo("[17,20]");
        assertThat(client.post(area + "/dirty", all).at("/pages")).isEmpty();
        client.access(machine, "write 0x14000 1 10");
        assertThat(client.post(area + "/dirty", all).at("/pages").toString()).isEqualTo("[20]");
        String many =
                "{'ranges': [{'start': '0x11000', 'length': 4096},"
                        + " {'start': '0x14000', 'length': 4096}], 'protection': 'r--'}";
        Answer areas = client.post(machine + "/processes/1/protect", many).expect(200);
        assertThat(areas.at("/areas").size()).isEqualTo(1); // all alike again
        assertThat(client.access(machine, "write 0x11000").text("/results/0/fault/resolution"))
                .isEqualTo("handled");
    }

    @Test
    void p10SwapIsReservedUpFrontAndRefusedWhenItHasRunOut() {
        String machine = open("swap-eager");
        String before = client.digest(machine);
        String three = "'length': 12288, 'protection': 'rw-'}";
        for (Answer refused :
                List.of(
                        client.post(machine + "/processes/1/areas", "{" + three),
                        client.post(machine + "/processes/1/fork"),
                        client.post(
                                machine + "/processes", "{'areas': [{'start': 0, " + three + "]}"),
                        client.post(machine + "/processes/1/brk", "{'increment': 12288}"))) {
            assertThat(refused.expect(200).text("/refused/error")).isEqualTo("ENOMEM");
            assertThat(refused.text("/refused/why")).contains("2 of 8 pages are left");
        }
        assertThat(client.digest(machine)).isEqualTo(before);
        Answer stack = client.access(machine, "write 0xed000");
        assertThat(code(stack)).isEqualTo("SEGV_MAPERR");
        assertThat(stack.text("/results/0/fault/why")).contains("2 of 8 pages are left");
        assertThat(resolution(client.access(machine, "write 0xee000"))).isEqualTo("stack-growth");
        assertThat(client.get(machine + "/swap").number("/promised")).isEqualTo(8);
        assertThat(client.get(machine + "/swap").number("/used")).isZero();
    }

    @Test
    void p10PagesAreExchangedThroughOneSpareFrame() {
        String machine = open("swap-exchange");
        assertThat(client.get(machine + "/swap").number("/free")).isZero();
        for (int round = 0; round < 3; round++) {
            for (int page = 0; page < 7; page++) {
                Answer write =
                        client.access(
                                machine,
                                "read 0x" + page + "000",
                                "write 0x" + page + "000 1 " + page);
                assertThat(write.number("/results/0/value")).isEqualTo(page);
                assertThat(
                                client.get(machine + "/frames")
                                        .at("/frames")
                                        .findValuesAsString("state"))
                        .containsOnlyOnce("free");
            }
        }
    }

    @Test
    void p10WhenNothingCanLeaveTheLargestProcessEnds() {
        String machine = open("out-of-memory");
        Answer write = client.access(machine, 2, "write 0x4000 1 2");
        assertThat(resolution(write)).isEqualTo("zero-fill");
        Answer ended = client.get(machine + "/processes/1");
        assertThat(ended.text("/state")).isEqualTo("terminated");
        assertThat(ended.text("/signal/name")).isEqualTo("SIGKILL");
        Answer events = client.get(machine + "/events");
        assertThat(events.at("/events").toString())
                .contains("\"type\":\"oom-kill\",\"pid\":1")
                .contains("\"asking\":2");

        String other = open("out-of-memory");
        Answer asking = client.access(other, 1, "write 0x4000 1 2", "read 0x0");
        assertThat(asking.text("/results/0/signal/code")).isEqualTo("SI_KERNEL");
        assertThat(asking.text("/results/0/fault/why")).contains("holds most");
        assertThat(asking.number("/stopped/at")).isZero();
    }

    @Test
    void p13AWalkFaultsOnThePageTableFirst() {
        String machine = open("pageable-page-table");
        Answer read = client.access(machine, "read 0x0");
        assertThat(read.at("/results/0/faults").findValuesAsString("resolution"))
                .containsExactly("swap-in", "swap-in");
        assertThat(read.text("/results/0/faults/0/why")).contains("page table's own page");
        assertThat(read.isNull("/results/0/faults/1/why")).isTrue();
        assertThat(read.number("/counters/majorFaults")).isEqualTo(2);
        for (int page = 0; page <= 40; page += 8) {
            String address = "0x" + Integer.toHexString(64 * page);
            assertThat(client.access(machine, "read " + address).number("/results/0/value"))
                    .isEqualTo(page);
        }
        assertThat(client.get(machine + "/processes/1").number("/pageTableBytes"))
                .isEqualTo(6 * 64);
        assertThat(client.get(machine + "/frames").at("/frames").findValuesAsString("use"))
                .contains("page-table", "anonymous");
    }

    @Test
    void p13PageTablesTakeFramesAndGiveThemBack() {
        String machine =
                client.machineWithProcess("{'frames': 10, 'translation': {'memory': 'frames'}}");
        client.access(machine, "write 0x0", "write 0x1000");
        assertThat(client.get(machine + "/frames").at("/frames").findValuesAsString("use"))
                .startsWith(
                        "page-table",
                        "page-table",
                        "page-table",
                        "page-table",
                        "anonymous",
                        "anonymous");
        assertThat(client.get(machine + "/processes/1").number("/pageTableBytes"))
                .isEqualTo(4 * 4096);
        client.post(machine + "/processes/1/fork").expect(201);
        Answer more = client.access(machine, 2, "write 0x0 1 9", "read 0x0");
        assertThat(more.number("/results/1/value")).isEqualTo(9);
        String before = client.digest(machine);
        Answer refused = client.post(machine + "/processes/2/fork").expect(200);
        assertThat(refused.text("/refused/why")).contains("4 frames");
        assertThat(client.digest(machine)).isEqualTo(before);
        for (int pid = 1; pid <= 2; pid++) {
            client.post(machine + "/processes/" + pid + "/exit").expect(200);
        }
        assertThat(client.get(machine + "/frames").at("/frames").findValuesAsString("state"))
                .containsOnly("free");
    }

    @Test
    void p11AProcessMayBeLargerThanMemory() {
        String machine = open("larger-than-memory");
        for (int round = 0; round < 2; round++) {
            for (int page = 0; page < 8; page++) {
                Answer read = client.access(machine, "read 0x" + page + "000");
                assertThat(read.number("/results/0/value")).isEqualTo(page);
            }
        }
        assertThat(client.get(machine + "/counters").number("/majorFaults")).isPositive();
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/**
 * What the lectures ask, row by row, as a student sees it: each opens a preset and tries what the
 * preset says it shows. These are the rows of the paging notes; {@link LectureRowsTest} has those
 * of CS124 lecture 16.
 */
class PagingNotesRowsTest extends HttpTest {

    @Test
    void p1EveryReferenceOfATranslationIsCounted() {
        String machine = open("table-hierarchical-sparse");
        Answer read = client.access(machine, "read 0x80000000");
        assertThat(read.number("/counters/walkReferences")).isEqualTo(2);
        assertThat(read.number("/counters/ticks")).isEqualTo(3 * 100);
    }

    @Test
    void p2DesignsOfEqualCostHaveTheirGoodAndTheirBadCase() {
        assertThat(client.get(open("tlb-direct-mapped-good") + "/counters").number("/tlbHits"))
                .isEqualTo(1188);
        assertThat(client.get(open("tlb-associative-bad") + "/counters").number("/tlbHits"))
                .isZero();
        assertThat(client.get(open("tlb-direct-mapped-bad") + "/counters").number("/tlbHits"))
                .isZero();
        assertThat(client.get(open("tlb-associative-good") + "/counters").number("/tlbHits"))
                .isEqualTo(792);
    }

    @Test
    void p3AMissMayTrapToTheKernel() {
        String hardware = open("tlb-associative-bad");
        String software = open("tlb-software");
        Answer walked = client.get(hardware + "/counters");
        Answer trapped = client.get(software + "/counters");
        assertThat(trapped.number("/tlbMisses")).isEqualTo(walked.number("/tlbMisses"));
        assertThat(trapped.number("/ticks"))
                .isEqualTo(walked.number("/ticks") + 50 * trapped.number("/tlbMisses"));
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

    /** The same writes on the same memory and disk, with three sizes of page. */
    @Test
    void p9PagesAreBestAsLargeAsBlocks() {
        String equal = open("disk-block-equal");
        Answer counters = client.get(equal + "/counters");
        long ins = counters.number("/swapIns");
        long outs = counters.number("/swapOuts");
        assertThat(outs).isPositive();
        assertBlocks(equal, ins, outs);
        for (String preset : List.of("disk-block-larger", "disk-block-smaller")) {
            String other = open(preset);
            Answer more = client.get(other + "/counters");
            ins = more.number("/swapIns");
            outs = more.number("/swapOuts");
            if (preset.endsWith("larger")) {
                assertBlocks(other, ins + outs, outs);
            } else {
                assertBlocks(other, 4 * ins, 4 * outs);
            }
            assertThat(counters.number("/ticks")).isLessThan(more.number("/ticks"));
        }
    }

    private void assertBlocks(String machine, long reads, long writes) {
        Answer disk = client.get(machine + "/disk");
        assertThat(disk.number("/blockSize")).isEqualTo(4096);
        assertThat(disk.number("/blockReads")).isEqualTo(reads);
        assertThat(disk.number("/blockWrites")).isEqualTo(writes);
    }

    @ParameterizedTest
    @CsvSource({"4096, 10, 10", "1024, 40, 40", "16384, 10, 20"})
    void p9WhatAPageCostsFollowsFromItsBlocks(long blockSize, long in, long out) {
        String machine =
                client.machineWithProcess(
                        "{'frames': 1, 'addressBits': 16, 'translation': {'kind': 'linear'},"
                                + " 'costs': {'memoryReference': 0, 'swapIn': 10, 'swapOut': 10},"
                                + " 'disk': {'blockSize': "
                                + blockSize
                                + "}}");
        client.access(machine, "write 0x0");
        Answer write = client.access(machine, "read 0x1000");
        assertThat(write.number("/results/0/ticks")).isEqualTo(out);
        Answer read = client.access(machine, "read 0x0");
        assertThat(read.number("/results/0/ticks")).isEqualTo(in);
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
            for (int page = 6; page >= 0; page--) {
                readThenOneFrameIsFree(machine, page, page);
            }
        }
        for (int round = 0; round < 3; round++) {
            for (int page = 0; page < 7; page++) {
                readThenOneFrameIsFree(machine, page, page + round);
                client.access(machine, "write 0x" + page + "000 1 " + (page + round + 1));
            }
        }
    }

    private void readThenOneFrameIsFree(String machine, int page, int value) {
        Answer read = client.access(machine, "read 0x" + page + "000");
        assertThat(read.number("/results/0/value")).isEqualTo(value);
        List<String> states =
                client.get(machine + "/frames").at("/frames").findValuesAsString("state");
        assertThat(states).containsOnlyOnce("free");
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
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Rows C2 and C3 of the lectures as a student sees them: base and limit for a process, or for each
 * of its segments, and segments that are paged.
 */
class SegmentRowsTest extends HttpTest {

    @Test
    void c2TheRelocationRegisterIsAddedAndTheLimitCompared() {
        String machine = open("relocation");
        Answer read = client.access(machine, 3, "read 0x9c3");
        assertThat(read.text("/results/0/physicalAddress")).isEqualTo("0x25c3");
        assertThat(read.isNull("/results/0/fault")).isTrue();
        assertThat(read.isNull("/results/0/tlb")).isTrue();
        assertThat(read.number("/results/0/ticks")).isEqualTo(100);
        Answer beyond = client.access(machine, 3, "read 0x9c4", "read 0xffffffff", "read 0x9c3 2");
        assertThat(code(beyond)).isEqualTo("SEGV_MAPERR");
        assertThat(beyond.text("/results/1/signal/code")).isEqualTo("SEGV_MAPERR");
        assertThat(beyond.text("/results/2/signal/code")).isEqualTo("SEGV_MAPERR");
        assertThat(beyond.text("/results/0/fault/why")).contains("limit is 2500 bytes");
        Answer steps = client.get(machine + "/translations?pid=3&address=0x10");
        assertThat(steps.at("/walk")).isEmpty();
        assertThat(steps.text("/split/0/name")).isEqualTo("offset");
    }

    @Test
    void c2ProcessesArePlacedWholeAndHolesAreClosed() {
        String machine = open("relocation");
        Answer holes = client.get(machine + "/holes");
        assertThat(holes.at("/holes").findValuesAsString("frames")).containsExactly("3", "4");
        assertThat(holes.number("/freeBytes")).isEqualTo(7 * 1024);
        assertThat(holes.at("/externalFragmentation").asDouble()).isEqualTo(1 - 4.0 / 7);
        Answer made = client.post(machine + "/processes", "{'size': 7000}").expect(201);
        int pid = (int) made.number("/pid");
        assertThat(client.access(machine, pid, "read 0x0").number("/results/0/frame")).isZero();
        assertThat(client.get(machine + "/processes/1").text("/state")).isEqualTo("swapped");

        String moving = open("relocation-compaction");
        client.post(moving + "/processes", "{'size': 7000}").expect(201);
        assertThat(client.access(moving, pid, "read 0x0").number("/results/0/frame")).isEqualTo(9);
        assertThat(client.get(moving + "/processes/1").text("/state")).isEqualTo("ready");
        assertThat(client.get(moving + "/holes").at("/holes")).isEmpty();
    }

    @Test
    void c2CompactionIsACommandToo() {
        String machine = open("relocation");
        client.access(machine, 3, "write 0x10 1 42");
        Answer moved = client.post(machine + "/compact", "").expect(200);
        assertThat(moved.number("/movedFrames")).isEqualTo(5);
        Answer read = client.access(machine, 3, "read 0x10");
        assertThat(read.number("/results/0/value")).isEqualTo(42);
        assertThat(read.text("/results/0/physicalAddress")).isEqualTo("0x1010");
        assertThat(client.get(machine + "/holes").at("/holes").size()).isEqualTo(1);
        Answer none = client.post(open("fork") + "/compact", "").expect(200);
        assertThat(none.text("/refused/error")).isEqualTo("EINVAL");
    }

    @Test
    void c2AWholeProcessLeavesAndComesBack() {
        String machine = open("relocation");
        client.access(machine, 3, "write 0x10 1 42");
        client.post(machine + "/processes/3/swap-out", "").expect(200);
        assertThat(client.get(machine + "/processes/3").text("/state")).isEqualTo("swapped");
        assertThat(client.get(machine + "/counters").number("/swapOuts")).isEqualTo(3);
        Answer read = client.access(machine, 3, "read 0x10");
        assertThat(read.number("/results/0/value")).isEqualTo(42);
        assertThat(read.number("/results/0/frame")).isEqualTo(4);
        assertThat(client.get(machine + "/counters").number("/swapIns")).isEqualTo(3);
    }

    @Test
    void c3SegmentsHaveTheirOwnBasesLimitsAndProtection() {
        String machine = open("segmentation");
        Answer read = client.access(machine, 2, "read 0x1068", "read 0x3c00", "execute 0x0");
        assertThat(read.text("/results/0/physicalAddress")).isEqualTo("0x1868");
        assertThat(read.text("/results/1/physicalAddress")).isEqualTo("0x2800");
        assertThat(read.text("/results/2/physicalAddress")).isEqualTo("0x1000");
        assertThat(read.number("/counters/walkReferences")).isEqualTo(3);
        assertThat(code(client.access(machine, 2, "read 0x1c00"))).isEqualTo("SEGV_MAPERR");
        assertThat(code(client.access(machine, 2, "write 0x0"))).isEqualTo("SEGV_ACCERR");
        assertThat(code(client.access(machine, 2, "read 0x2000"))).isEqualTo("SEGV_MAPERR");
        assertThat(resolution(client.access(machine, 2, "write 0x3400"))).isEqualTo("stack-growth");
        Answer steps = client.get(machine + "/translations?pid=2&address=0x1068");
        assertThat(steps.text("/split/0/name")).isEqualTo("segment");
        assertThat(steps.number("/split/0/value")).isEqualTo(1);
        assertThat(steps.text("/walk/0/reads")).isEqualTo("segment");
        assertThat(steps.text("/walk/0/address")).isEqualTo("0x8");
    }

    @Test
    void c3WhatTheKernelCannotDoWithSegmentsItRefuses() {
        String machine = open("segmentation");
        String process = machine + "/processes/2";
        for (String[] each :
                new String[][] {
                    {"/areas/0x0/advise", "{'advice': 'dontneed'}"},
                    {"/areas/0x0/lock", "{}"},
                    {"/areas/0x0/remap", "{'newLength': 4096}"},
                    {"/protect", "{'ranges': [{'start': 0, 'length': 1}], 'protection': 'r--'}"}
                }) {
            Answer refused = client.post(process + each[0], each[1]).expect(200);
            assertThat(refused.text("/refused/error")).as(each[0]).isEqualTo("ENOSYS");
        }
        Answer taken =
                client.post(
                                process + "/areas",
                                "{'start': '0x0', 'length': 9," + " 'protection': 'rw-'}")
                        .expect(200);
        assertThat(taken.text("/refused/error")).isEqualTo("EEXIST");
        Answer bent =
                client.post(
                                process + "/areas",
                                "{'start': '0x2400', 'length': 9," + " 'protection': 'rw-'}")
                        .expect(200);
        assertThat(bent.text("/refused/error")).isEqualTo("EINVAL");
        assertThat(
                        client.post(process + "/brk", "{'increment': 100}")
                                .expect(200)
                                .text("/refused/error"))
                .isEqualTo("ENOMEM");
    }

    @Test
    void c3PagedSegmentsHaveATableEach() {
        String machine = open("segmented-paging");
        Answer read = client.access(machine, 1, "read 0x4010", "write 0xfc00", "write 0x8000");
        assertThat(read.text("/results/0/fault/resolution")).isEqualTo("zero-fill");
        assertThat(read.text("/results/1/fault/resolution")).isEqualTo("zero-fill");
        assertThat(read.text("/results/2/signal/code")).isEqualTo("SEGV_MAPERR");
        Answer steps = client.get(machine + "/translations?pid=1&address=0x4010");
        assertThat(steps.at("/split").findValuesAsString("name"))
                .containsExactly("segment", "page", "offset");
        assertThat(steps.at("/walk").findValuesAsString("reads"))
                .containsExactly("segment", "entry");
        assertThat(client.get(machine + "/processes/1/descriptors").number("/mm/table/bytes"))
                .isEqualTo(4 * 8 + 8 + 8);
    }

    @Test
    void aSpecThatMakesNoSenseSaysWhere() {
        for (String[] each :
                new String[][] {
                    {"/tlb", "{'translation': {'kind': 'relocation'}, 'tlb': {'entries': 4}}"},
                    {
                        "/replacement/policy",
                        "{'translation': {'kind': 'segmentation'}, 'replacement': {'policy': 'lru'}}"
                    },
                    {
                        "/translation/segmentBits",
                        "{'translation': {'kind': 'linear', 'segmentBits': 2}, 'addressBits': 20}"
                    },
                    {"/translation/placement", "{'translation': {'placement': 'best-fit'}}"},
                    {
                        "/translation/segmentBits",
                        "{'translation': {'kind': 'segmentation', 'segmentBits': 13}}"
                    },
                    {
                        "/translation/memory",
                        "{'translation': {'kind': 'segmented-paging', 'memory': 'frames'}}"
                    }
                }) {
            Answer answer = client.post("/v1/machines", each[1]).expect(400);
            assertThat(answer.text("/errors/0/pointer")).isEqualTo(each[0]);
        }
        String machine = open("relocation");
        client.post(machine + "/processes", "{'size': 0}").expect(400);
        client.post(machine + "/processes", "{'size': 10, 'areas': []}").expect(400);
        assertThat(
                        client.post(machine + "/processes", "{'size': 16385}")
                                .expect(400)
                                .text("/errors/0/pointer"))
                .isEqualTo("/size");
    }

    /** A segment that grows down is as long as it says, counted from its end. */
    @Test
    void aDownwardLimitIsExactToTheByte() {
        String machine =
                client.machine(
                        "{'pageSize': 256, 'frames': 16, 'addressBits': 16, 'limits':"
                                + " {'stackBytes': 100},"
                                + " 'translation': {'kind': 'segmentation', 'segmentBits': 2}}");
        client.post(
                        machine + "/processes",
                        "{'onSignal': 'continue', 'areas': [{'start': '0xff9c', 'length': 100,"
                                + " 'protection': 'rw-', 'kind': 'stack'}]}")
                .expect(201);
        Answer made = client.get(machine + "/processes/1/areas");
        assertThat(made.text("/areas/0/start")).isEqualTo("0xff9c");
        assertThat(made.number("/areas/0/length")).isEqualTo(100);
        Answer tried =
                client.access(machine, "write 0xff9c", "write 0xffff", "write 0xff9b").expect(200);
        assertThat(tried.isNull("/results/0/signal")).isTrue();
        assertThat(tried.isNull("/results/1/signal")).isTrue();
        assertThat(tried.text("/results/2/signal/code")).isEqualTo("SEGV_MAPERR");
        String area = machine + "/processes/1/areas/0xff9c";
        client.patch(area, "{'length': 100, 'protection': 'r--'}").expect(200);
        client.delete(area + "?length=100").expect(204);
        Answer mapped =
                client.post(
                                machine + "/processes/1/areas",
                                "{'length': 100, 'protection': 'rw-', 'kind': 'stack'}")
                        .expect(201);
        assertThat(mapped.text("/start")).isEqualTo("0x3f9c");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Mapping, protecting and unmapping, the heap and the stack. */
class AreasTest extends HttpTest {

    private static final String CODE_AND_DATA =
            "{'onSignal': 'continue', 'areas': ["
                    + "{'start': '0x1000', 'length': 8192, 'protection': 'r-x'},"
                    + "{'start': '0x4000', 'length': 5000, 'protection': 'rw-'}]}";

    private String machine = "";
    private String process = "";

    @BeforeEach
    void make() {
        machine =
                client.machine("{'addressBits': 20, 'limits': {'areas': 6, 'stackBytes': 16384}}");
        client.post(machine + "/processes", CODE_AND_DATA).expect(201);
        process = machine + "/processes/1";
    }

    private Answer map(String json) {
        return client.post(process + "/areas", json);
    }

    private Answer protect(String start, String json) {
        return client.send(
                "PATCH",
                process + "/areas/" + start,
                Client.JSON,
                json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** Start, length and protection of each area. */
    private List<String> areas() {
        return StreamSupport.stream(
                        client.get(process + "/areas").expect(200).at("/areas").spliterator(),
                        false)
                .map(
                        area ->
                                area.get("start").asString()
                                        + " "
                                        + area.get("length").asLong()
                                        + " "
                                        + area.get("protection").asString())
                .toList();
    }

    private String code(String access) {
        Answer answer = client.access(machine, access);
        return answer.isNull("/results/0/signal")
                ? answer.text("/results/0/fault/resolution")
                : answer.text("/results/0/signal/code");
    }

    @Test
    void anAreaIsMappedWhereItIsWanted() {
        Answer made = map("{'start': '0x8000', 'length': 4096, 'protection': 'rw-'}").expect(201);
        assertThat(made.header("Location")).isEqualTo(process + "/areas/0x8000");
        assertThat(made.text("/kind")).isEqualTo("anonymous");
        assertThat(areas())
                .containsExactly("0x1000 8192 r-x", "0x4000 5000 rw-", "0x8000 4096 rw-");
        assertThat(code("write 0x8000")).isEqualTo("zero-fill");
    }

    @Test
    void withoutAStartTheHighestFreePlaceIsTaken() {
        assertThat(map("{'length': 4097, 'protection': 'rw-'}").expect(201).text("/start"))
                .isEqualTo("0xfe000");
        assertThat(map("{'length': 1, 'protection': 'r--'}").expect(201).text("/start"))
                .isEqualTo("0xfd000");
        Answer refused = map("{'length': 1048576, 'protection': 'r--'}").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOMEM");
    }

    @Test
    void neighboursThatDifferInNothingAreOne() {
        map("{'start': '0x3000', 'length': 4096, 'protection': 'r-x'}").expect(201);
        assertThat(areas()).containsExactly("0x1000 12288 r-x", "0x4000 5000 rw-");
    }

    @Test
    void overlapIsRefusedUnlessWhatIsThereIsToGiveWay() {
        client.access(machine, "write 0x4000 1 7");
        String json = "{'start': '0x4000', 'length': 4096, 'protection': 'r--', 'replace': %s}";
        Answer refused = map(json.formatted("false")).expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("EEXIST");
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 5000 rw-");
        map(json.formatted("true")).expect(201);
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 4096 r--", "0x5000 904 rw-");
        Answer read = client.access(machine, "read 0x4000");
        assertThat(read.text("/results/0/fault/resolution")).isEqualTo("zero-fill");
        assertThat(read.number("/results/0/value")).isZero();
    }

    @Test
    void aPartIsProtectedAndItsPagesWithIt() {
        client.access(machine, "write 0x4000 1 7");
        Answer changed = protect("0x4000", "{'length': 4096, 'protection': 'r--'}").expect(200);
        assertThat(changed.text("/protection")).isEqualTo("r--");
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 4096 r--", "0x5000 904 rw-");
        assertThat(code("write 0x4000 1 8")).isEqualTo("SEGV_ACCERR");
        assertThat(client.access(machine, "read 0x4000").number("/results/0/value")).isEqualTo(7);
        protect("0x4000", "{'protection': 'rw-'}").expect(200);
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 5000 rw-");
        Answer written = client.access(machine, "write 0x4000 1 8");
        assertThat(written.isNull("/results/0/fault")).isTrue();
    }

    @Test
    void aPageSharedSinceAForkStaysSharedWhenItIsUnprotected() {
        client.access(machine, "write 0x4000 1 7");
        protect("0x4000", "{'protection': 'r--'}").expect(200);
        client.post(process + "/fork").expect(201);
        protect("0x4000", "{'protection': 'rw-'}").expect(200);
        assertThat(code("write 0x4000 1 8")).isEqualTo("cow-copy");
        assertThat(client.access(machine, 2, "read 0x4000").number("/results/0/value"))
                .isEqualTo(7);
    }

    @Test
    void protectingAHoleIsRefused() {
        Answer refused = protect("0x2000", "{'length': 12288, 'protection': 'r--'}").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOMEM");
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 5000 rw-");
    }

    @Test
    void unmappingGivesBackAndLeavesTheRest() {
        client.access(machine, "read 0x1000", "read 0x2000", "write 0x4000 1 7");
        client.delete(process + "/areas/0x2000?length=12288").expect(204);
        assertThat(areas()).containsExactly("0x1000 4096 r-x", "0x5000 904 rw-");
        assertThat(client.get(process).number("/residentPages")).isEqualTo(1);
        assertThat(code("read 0x4000")).isEqualTo("SEGV_MAPERR");
        client.delete(process + "/areas/0x5000").expect(204);
        assertThat(areas()).containsExactly("0x1000 4096 r-x");
        client.delete(process + "/areas/0x5000").expectProblem(404, "NO_SUCH_AREA");
        client.get(process + "/areas/0x5000").expectProblem(404, "NO_SUCH_AREA");
        assertThat(client.get(process + "/areas/0x1000").number("/length")).isEqualTo(4096);
    }

    @Test
    void pagesThatAreNotNeededAreGivenUp() {
        client.access(machine, "write 0x4000 1 7", "write 0x5000 1 8");
        String advise = process + "/areas/0x4000/advise";
        client.post(advise, "{'advice': 'dontneed', 'length': 4096}").expect(200);
        assertThat(client.get(process).number("/residentPages")).isEqualTo(1);
        Answer read = client.access(machine, "read 0x4000", "read 0x5000");
        assertThat(read.number("/results/0/value")).isZero();
        assertThat(read.number("/results/1/value")).isEqualTo(8);
        assertThat(areas()).containsExactly("0x1000 8192 r-x", "0x4000 5000 rw-");
        client.post(advise, "{'advice': 'sequentially'}").expectBadField("/advice");
    }

    @Test
    void pagesThatAreFreeAreDroppedUnlessWrittenAgain() {
        String small = client.machine("{'frames': 2, 'addressBits': 20}");
        client.post(small + "/processes").expect(201);
        client.access(small, "write 0x1000 1 7", "write 0x2000 1 8");
        client.post(
                        small + "/processes/1/areas/0x1000/advise",
                        "{'advice': 'free', 'length': 8192}")
                .expect(200);
        assertThat(client.access(small, "read 0x1000").number("/results/0/value")).isEqualTo(7);
        client.access(small, "write 0x2001 1 9", "read 0x3000", "read 0x4000");
        assertThat(client.get(small + "/counters").number("/swapOuts")).isEqualTo(1);
        Answer read = client.access(small, "read 0x1000", "read 0x2000", "read 0x2001");
        assertThat(read.number("/results/0/value")).isZero();
        assertThat(read.number("/results/1/value")).isEqualTo(8);
        assertThat(read.number("/results/2/value")).isEqualTo(9);
    }

    @Test
    void theHeapGrowsAboveTheHighestAreaWithoutFrames() {
        String brk = process + "/brk";
        assertThat(client.post(brk, "{'increment': 0}").expect(200).text("/start"))
                .isEqualTo("0x6000");
        Answer heap = client.post(brk, "{'increment': 5000}").expect(200);
        assertThat(heap.text("/kind")).isEqualTo("heap");
        assertThat(heap.number("/length")).isEqualTo(5000);
        assertThat(heap.number("/bytesInPages")).isEqualTo(8192);
        assertThat(client.get(process).number("/residentPages")).isZero();
        assertThat(areas()).contains("0x6000 5000 rw-");
        client.access(machine, "write 0x6000 1 1", "write 0x7000 1 2");
        assertThat(client.post(brk, "{'increment': -1000}").expect(200).number("/length"))
                .isEqualTo(4000);
        assertThat(areas()).contains("0x6000 4000 rw-");
        assertThat(client.get(process).number("/residentPages")).isEqualTo(1);
        assertThat(client.post(brk, "{'increment': 10000}").expect(200).number("/length"))
                .isEqualTo(14_000);
        assertThat(client.access(machine, "read 0x7000").number("/results/0/value")).isZero();
        assertThat(client.post(brk, "{'increment': -14001}").text("/refused/error"))
                .isEqualTo("EINVAL");
        assertThat(client.post(brk, "{'increment': 1048576}").text("/refused/error"))
                .isEqualTo("ENOMEM");
        map("{'start': '0x10000', 'length': 4096, 'protection': 'rw-'}").expect(201);
        assertThat(client.post(brk, "{'increment': 40000}").text("/refused/why"))
                .contains("in the heap's way");
    }

    @Test
    void aStackGrowsDownToItsLimitAndKeepsAGuard() {
        map("{'start': '0x80000', 'length': 4096, 'protection': 'rw-', 'kind': 'stack'}")
                .expect(201);
        assertThat(code("write 0x7e000 1 5")).isEqualTo("stack-growth");
        assertThat(areas()).contains("0x7e000 12288 rw-");
        assertThat(code("write 0x7f000 1 5")).isEqualTo("zero-fill");
        assertThat(code("execute 0x7d000")).isEqualTo("SEGV_ACCERR");
        assertThat(code("write 0x7c000 1 5")).isEqualTo("SEGV_MAPERR");
        assertThat(client.get(process).number("/counters/mapErrors")).isEqualTo(1);
        assertThat(client.get(process).number("/counters/minorFaults")).isEqualTo(2);
        map("{'start': '0x70000', 'length': 4096, 'protection': 'rw-', 'kind': 'stack'}")
                .expect(201);
        map("{'start': '0x6e000', 'length': 4096, 'protection': 'rw-'}").expect(201);
        assertThat(code("write 0x6f000")).isEqualTo("SEGV_MAPERR"); // it is the guard
    }

    @Test
    void aMillionAreasAreRefused() {
        for (int page = 0x10; page < 0x18; page += 2) {
            map("{'start': '0x%x000', 'length': 1, 'protection': 'r--'}".formatted(page))
                    .expect(201);
        }
        Answer refused = map("{'start': '0x20000', 'length': 1, 'protection': 'r--'}").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOMEM");
        assertThat(refused.text("/refused/why")).contains("limits.areas");
        map("{'start': '0x10000', 'length': 1, 'protection': 'rw-', 'replace': true}").expect(201);
        assertThat(
                        protect("0x4000", "{'length': 4096, 'protection': 'r--'}")
                                .text("/refused/error"))
                .isEqualTo("ENOMEM");
        assertThat(client.delete(process + "/areas/0x1000?length=4096").status()).isEqualTo(204);
        client.delete(process + "/areas/0x10000").expect(204);
        map("{'start': '0x20000', 'length': 1, 'protection': 'r--'}").expect(201);
    }

    @Test
    void aProcessIsNotMadeWithMoreAreasThanItMayHave() {
        String small = client.machine("{'limits': {'areas': 1}}");
        Answer refused = client.post(small + "/processes", CODE_AND_DATA).expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOMEM");
        assertThat(refused.text("/refused/why")).contains("limits.areas");
        client.post(small + "/processes").expect(201);
    }

    @Test
    void internalWasteIsMeasured() {
        Answer shown = client.get(process).expect(200);
        assertThat(shown.number("/areaBytes")).isEqualTo(8192 + 5000);
        assertThat(shown.number("/areaBytesInPages")).isEqualTo(8192 + 8192);
    }

    @Test
    void everyCallIsAnEvent() {
        map("{'start': '0x8000', 'length': 100, 'protection': 'rw-'}").expect(201);
        protect("0x8000", "{'protection': 'r--'}").expect(200);
        client.delete(process + "/areas/0x8000").expect(204);
        client.post(process + "/brk", "{'increment': 12}").expect(200);
        Answer events = client.get(machine + "/events").expect(200);
        List<String> seen =
                StreamSupport.stream(events.at("/events").spliterator(), false)
                        .map(
                                event ->
                                        event.get("type").asString()
                                                + " "
                                                + event.get("address").asString("")
                                                + " "
                                                + event.get("length").asLong(0))
                        .toList();
        assertThat(seen)
                .containsExactly(
                        "create  0",
                        "map-area 0x8000 100",
                        "protect 0x8000 100",
                        "unmap-area 0x8000 100",
                        "brk 0x600c 12");
    }

    @Test
    void aListOfAreasComesInParts() {
        List<String> starts = new ArrayList<>();
        String query = "?limit=1";
        while (query != null) {
            Answer part = client.get(process + "/areas" + query).expect(200);
            assertThat(part.at("/areas").size()).isEqualTo(1);
            starts.add(part.text("/areas/0/start"));
            query =
                    part.isNull("/nextCursor")
                            ? null
                            : "?limit=1&cursor=" + part.text("/nextCursor");
        }
        assertThat(starts)
                .isEqualTo(client.get(process + "/areas").at("/areas").findValuesAsString("start"))
                .hasSizeGreaterThan(1);
    }

    @Test
    void anEndedProcessHasNoAreasToChange() {
        client.post(process + "/exit").expect(200);
        map("{'length': 1, 'protection': 'r--'}").expectProblem(409, "PROCESS_EXITED");
        protect("0x1000", "{'protection': 'r--'}").expectProblem(409, "PROCESS_EXITED");
        client.delete(process + "/areas/0x1000").expectProblem(409, "PROCESS_EXITED");
        client.post(process + "/brk", "{'increment': 1}").expectProblem(409, "PROCESS_EXITED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'start': 1, 'length': 4096, 'protection': 'r--'} | /start",
                "{'start': '0xff000', 'length': 4097, 'protection': 'r--'} | /length",
                "{'start': '0x100000', 'length': 1, 'protection': 'r--'} | /length",
                "{'start': 0, 'length': 9223372036854775807, 'protection': 'r--'} | /length",
                "{'length': 9223372036854775807, 'protection': 'r--'} | /length",
                "{'length': 0, 'protection': 'r--'} | /length",
                "{'length': 1} | /protection",
                "{'length': 1, 'protection': 'wr-'} | /protection",
                "{'length': 1, 'protection': 'r--', 'kind': 'heap'} | /kind",
                "{'length': 1, 'protection': 'r--', 'kind': 'stack', 'sharing': 'shared'} | /sharing",
                "{'length': 1, 'protection': 'r--', 'kind': 'shared-memory'} | /name",
                "{'length': 1, 'protection': 'r--', 'kind': 'file'} | /file",
                "{'length': 1, 'protection': 'r--', 'fileOffset': 0} | /fileOffset",
                "{'length': 1, 'protection': 'r--', 'kind': 'file', 'file': 'f', 'fileOffset': 1} | /fileOffset"
            })
    void aBadAreaIsRefused(String json, String pointer) {
        String before = client.digest(machine);
        map(json).expectBadField(pointer);
        assertThat(client.digest(machine)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x1001", "x", "-1", "0x100000", "0xffffffffffffffff", "1e3"})
    void aBadPageAddressIsRefused(String start) {
        client.delete(process + "/areas/" + start).expectProblem(400, "INVALID_PARAMETER");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a translation would do, step by step. */
@Tag("slow")
class TranslationsTest extends HttpTest {

    /**
     * The pages in memory of the machine in Bryant and O'Hallaron, "Computer Systems: A
     * Programmer's Perspective", section 9.6.4, and their frames.
     */
    private static final Map<Integer, Integer> CSAPP =
            new TreeMap<>(
                    Map.of(
                            0x00, 0x28, 0x02, 0x33, 0x03, 0x02, 0x05, 0x16, 0x08, 0x13, 0x09, 0x17,
                            0x0A, 0x09, 0x0D, 0x2D, 0x0E, 0x11, 0x0F, 0x0D));

    private Answer translate(String machine, String address, String op) {
        return client.get(
                machine
                        + "/translations?pid=1&address="
                        + address
                        + (op.isEmpty() ? "" : "&op=" + op));
    }

    private static String hex(int address) {
        return "0x" + Integer.toHexString(address);
    }

    /** 14-bit virtual and 12-bit physical addresses, 64-byte pages, a TLB of 4 sets of 4 ways. */
    private String csapp() {
        String machine =
                client.machineWithProcess(
                        "{'pageSize': 64, 'addressBits': 14, 'frames': 64, 'translation':"
                                + " {'kind': 'linear'}, 'tlb': {'entries': 16, 'ways': 4}}");
        client.post(machine + "/processes").expect(201);
        Map<Integer, Integer> pages = new TreeMap<>();
        CSAPP.forEach((page, frame) -> pages.put(frame, page));
        for (int frame = 0; frame < 64; frame++) { // frames are given out in their order
            Integer page = pages.get(frame);
            int address = 64 * (page == null ? frame : page);
            client.access(machine, page == null ? 2 : 1, "read " + hex(address));
        }
        client.post(machine + "/processes/2/exit").expect(200);
        return machine;
    }

    @ParameterizedTest
    @CsvSource({
        "0x03d4, 0x0f, 3, 3, 0x0d, 0x354",
        "0x03d7, 0x0f, 3, 3, 0x0d, 0x357",
        "0x027c, 0x09, 1, 2, 0x17, 0x5fc",
        "0x03a9, 0x0e, 2, 3, 0x11, 0x469"
    })
    void computerSystems(
            String address, String page, int set, int tag, String frame, String physical) {
        Answer seen = translate(csapp(), address, "");
        assertThat(seen.number("/page")).isEqualTo((int) Integer.decode(page));
        assertThat(seen.number("/tlb/set")).isEqualTo(set);
        assertThat(seen.number("/tlb/tag")).isEqualTo(tag);
        assertThat(seen.number("/entry/frame")).isEqualTo((int) Integer.decode(frame));
        assertThat(seen.text("/access/physicalAddress")).isEqualTo(physical);
    }

    @Test
    void computerSystemsPageFault() {
        Answer seen = translate(csapp(), "0x0040", "");
        assertThat(seen.number("/tlb/set")).isEqualTo(1);
        assertThat(seen.number("/tlb/tag")).isZero();
        assertThat(seen.text("/access/tlb")).isEqualTo("miss");
        assertThat(seen.text("/access/fault/type")).isEqualTo("page");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'kind': 'linear'}",
                "{'kind': 'hierarchical', 'levels': [3, 5]}",
                "{'kind': 'linear', 'memory': 'frames'}",
                "{'kind': 'hierarchical', 'levels': [3, 5], 'memory': 'pageable'}",
                "{'kind': 'hashed', 'buckets': 3}",
                "{'kind': 'inverted', 'buckets': 3}"
            })
    void theWalkReadsWhatIsCountedAndNothingIsTouched(String scheme) {
        String machine =
                client.machineWithProcess(
                        "{'pageSize': 64, 'addressBits': 14, 'frames': 16, 'tlb': null,"
                                + " 'translation': "
                                + scheme
                                + "}");
        for (int page = 0; page < 12; page++) {
            client.access(machine, "write " + hex(page * 64 * 7) + " 1 " + page);
        }
        String digest = client.digest(machine);
        for (int page = 0; page < 14; page++) {
            String address = hex(page * 64 * 7);
            Answer seen = translate(machine, address, "write");
            if (seen.isNull("/access/fault")) {
                String copy = client.post(machine + "/clone").expect(201).text("/id");
                Answer counted = client.access("/v1/machines/" + copy, "write " + address);
                assertThat(counted.number("/counters/walkReferences"))
                        .isEqualTo(seen.at("/walk").size());
                assertThat(counted.text("/results/0/physicalAddress"))
                        .isEqualTo(seen.text("/access/physicalAddress"));
            }
            assertThat(client.digest(machine)).isEqualTo(digest);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "hierarchical"})
    void aTableInFramesIsAtAddressesOfItsFrames(String kind) {
        String machine =
                client.machineWithProcess(
                        "{'pageSize': 64, 'addressBits': 14, 'frames': 32, 'translation': {'kind':"
                                + " '"
                                + kind
                                + "', 'memory': 'frames'}}");
        for (int page = 0; page < 6; page++) {
            client.access(machine, "write " + hex(page * 64 * 9));
        }
        Answer frames = client.get(machine + "/frames");
        for (int page = 0; page < 6; page++) {
            long leadsTo = 0;
            for (var step : translate(machine, hex(page * 64 * 9), "").at("/walk")) {
                int address = Integer.decode(step.get("address").asString());
                int frame = address / 64;
                if (leadsTo != 0) {
                    assertThat(frame).isEqualTo((int) (leadsTo / 64));
                }
                leadsTo = Integer.decode(step.get("word").asString());
                assertThat(frames.text("/frames/" + frame + "/use")).isEqualTo("page-table");
            }
        }
        String clone = machine + "-copy";
        String id = clone.substring(clone.lastIndexOf('/') + 1);
        client.post(machine + "/clone", "{'id': '" + id + "'}").expect(201);
        assertThat(translate(clone, "0x0", "").at("/walk"))
                .isEqualTo(translate(machine, "0x0", "").at("/walk"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "hierarchical", "hashed", "inverted"})
    void aTableThatHoldsNothingYetIsShownToo(String kind) {
        for (String memory : List.of("free", "frames")) {
            if (memory.equals("free") || kind.equals("linear") || kind.equals("hierarchical")) {
                String machine =
                        client.machineWithProcess(
                                "{'addressBits': 20, 'translation': {'kind': '%s', 'memory': '%s'}}"
                                        .formatted(kind, memory));
                Answer seen = translate(machine, "0x5000", "write").expect(200);
                assertThat(seen.text("/access/fault/resolution")).isEqualTo("zero-fill");
                assertThat(seen.at("/walk")).isNotEmpty();
            }
        }
    }

    @Test
    void theStepsAreWords() {
        String machine = client.post("/v1/machines", "{'preset': 'lecture-16'}").text("/id");
        Answer seen = translate("/v1/machines/" + machine, "0x6004", "");
        assertThat(seen.at("/steps").toString())
                .contains("0x6004: the low 12 bits are the offset, 4; the rest is page number 6.")
                .contains("The entry is not valid: the page is swapped.")
                .contains("The read is a page fault; the kernel's answer is swap-in.")
                .contains("The read is of frame 3: physical address 0x3004.");
        assertThat(seen.text("/access/fault/evicted/frame")).isEqualTo("3");
    }

    @Test
    void badQuestionsAreNamed() {
        String machine = client.machineWithProcess("{'addressBits': 16}");
        assertThat(translate(machine, "0x10000", "").expect(400).text("/detail"))
                .contains("its last address is 0xffff");
        assertThat(translate(machine, "0x0", "jump").expect(400).text("/reason")).isNotBlank();
        client.get(machine + "/translations?pid=7&address=0").expect(404);
        client.post(machine + "/processes/1/exit");
        translate(machine, "0x0", "").expect(409);
    }

    @Test
    void theWordsOfATableAreDumpedWhereTheyAre() {
        String machine =
                client.machineWithProcess(
                        "{'translation': {'kind': 'hierarchical', 'levels': [10, 10],"
                                + " 'layout': 'ia-32'}}");
        client.access(machine, "write 0x1000", "read 0x400000");
        Answer words = client.get(machine + "/processes/1/table-memory");
        assertThat(words.at("/words").findValuesAsString("address"))
                .containsExactly("0x0", "0x4", "0x1004", "0x2000");
        assertThat(words.at("/words").findValuesAsString("word"))
                .containsExactly("0x1007", "0x2007", "0x67", "0x1027");
        Answer first = client.get(machine + "/processes/1/table-memory?limit=3");
        Answer rest =
                client.get(
                        machine
                                + "/processes/1/table-memory?limit=3&cursor="
                                + first.text("/nextCursor"));
        assertThat(first.at("/words").size()).isEqualTo(3);
        assertThat(rest.at("/words").findValuesAsString("address")).containsExactly("0x2000");
        assertThat(rest.isNull("/nextCursor")).isTrue();
    }

    /** Four levels: two pages of one node, one of another, and back, with room for one node. */
    @Test
    void aWalkCacheSkipsToTheLastNode() {
        String machine =
                client.machineWithProcess("{'tlb': {'entries': 1, 'ways': 1, 'walkCache': 1}}");
        client.access(machine, "read 0x0", "read 0x200000");
        String costs = machine + "/translation-costs";
        long walked = client.get(machine + "/counters").number("/walkReferences");
        assertThat(client.get(costs).number("/walkCacheHits")).isZero();
        Answer same = client.access(machine, "read 0x0", "read 0x1000");
        assertThat(same.text("/results/0/tlb")).isEqualTo("miss");
        long hits = client.get(costs).number("/walkCacheHits");
        assertThat(hits).isEqualTo(2); // page 1's walks before its fault and after
        assertThat(client.get(machine + "/counters").number("/walkReferences") - walked)
                .isEqualTo(4 + 1 + 1);
        Answer wrong =
                client.post(
                                "/v1/machines",
                                "{'tlb': {'walkCache': 4}, 'translation': {'kind': 'hashed'}}")
                        .expect(400);
        assertThat(wrong.text("/errors/0/pointer")).isEqualTo("/tlb/walkCache");
    }
}

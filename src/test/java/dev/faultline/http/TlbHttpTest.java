package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/** TLBs of every kind, and what translation costs. */
class TlbHttpTest extends HttpTest {

    private static final String COSTS =
            "'costs': {'memoryReference': 100, 'tlbLookup': 1, 'trap': 50}";

    /** Good and bad cases of each design: the counters that the presets are opened with. */
    @ParameterizedTest
    @CsvSource({
        "tlb-direct-mapped-good, 1200, 1188, 12",
        "tlb-direct-mapped-bad, 800, 0, 800",
        "tlb-associative-good, 800, 792, 8",
        "tlb-associative-bad, 1200, 0, 1200",
        "tlb-set-associative, 1200, 1188, 12",
        "tlb-reach-small, 1200, 0, 3600",
        "tlb-reach-huge, 1200, 1197, 6",
        "tlb-second-level, 1200, 1188, 12",
        "tlb-software, 1200, 0, 1200",
        "tlb-tagged, 800, 792, 8",
        "tlb-untagged, 800, 0, 800",
        "table-linear-sparse, 300, 0, 300",
        "table-hierarchical-sparse, 300, 0, 600",
        "table-hashed-good, 800, 0, 1600",
        "table-hashed-bad, 800, 0, 4400"
    })
    void presetsProveWhatTheyShow(String preset, int accesses, int hits, int references) {
        String id = client.post("/v1/machines", "{'preset': '" + preset + "'}").text("/id");
        Answer counters = client.get("/v1/machines/" + id + "/counters");
        assertThat(counters.number("/accesses")).isEqualTo(accesses);
        assertThat(counters.number("/tlbHits")).isEqualTo(hits);
        assertThat(counters.number("/walkReferences")).isEqualTo(references);
        assertThat(counters.number("/pageFaults")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"table-linear-sparse, 8388608", "table-hierarchical-sparse, 32768"})
    void aSparseSpaceCostsALinearTableDearly(String preset, long bytes) {
        String id = client.post("/v1/machines", "{'preset': '" + preset + "'}").text("/id");
        assertThat(client.get("/v1/machines/" + id + "/processes/1").number("/pageTableBytes"))
                .isEqualTo(bytes);
    }

    @Test
    void aMissIsATrapWhereTheKernelManagesTheTlb() {
        String machine =
                client.machineWithProcess(
                        "{'addressBits': 16, 'translation': {'kind': 'linear'}, 'tlb': {'entries':"
                                + " 4, 'management': 'software'}, "
                                + COSTS
                                + "}");
        client.access(machine, "read 0x0").expect(200);
        client.post(machine + "/tlb/flush").expect(200);
        Answer miss = client.access(machine, "read 0x0");
        assertThat(miss.text("/results/0/tlb")).isEqualTo("miss");
        assertThat(miss.isNull("/results/0/fault")).isTrue();
        assertThat(miss.number("/results/0/ticks")).isEqualTo(1 + 50 + 100 + 100);
        Answer write = client.access(machine, "write 0x0"); // clean in the TLB: another trap
        assertThat(write.text("/results/0/tlb")).isEqualTo("hit");
        assertThat(write.number("/results/0/ticks")).isEqualTo(1 + 50 + 100);
        assertThat(client.get(machine + "/processes/1/pages").at("/pages/0/dirty").asBoolean())
                .isTrue();
        assertThat(client.access(machine, "write 0x0").number("/results/0/ticks")).isEqualTo(101);
    }

    @Test
    void entriesAreDroppedByPageByProcessAndAllTogether() {
        String machine = client.machineWithProcess("{'addressBits': 16}");
        client.post(machine + "/processes").expect(201);
        for (int pid = 1; pid <= 2; pid++) {
            client.access(machine, pid, "read 0x0", "read 0x1000", "read 0x2000");
        }
        String flush = machine + "/tlb/flush";
        assertThat(client.post(flush, "{'pid': 1, 'address': '0x1004'}").number("/dropped"))
                .isEqualTo(1);
        assertThat(client.post(flush, "{'pid': 1, 'address': '0x1004'}").number("/dropped"))
                .isZero();
        assertThat(client.post(flush, "{'pid': 1}").number("/dropped")).isEqualTo(2);
        assertThat(client.post(flush).number("/dropped")).isEqualTo(3);
        assertThat(client.get(machine + "/counters").number("/tlbFlushes")).isEqualTo(2);
        assertThat(client.access(machine, 2, "read 0x0").text("/results/0/tlb")).isEqualTo("miss");
        assertThat(client.post(flush, "{'address': 0}").expect(400).text("/errors/0/pointer"))
                .isEqualTo("/pid");
        client.post(flush, "{'pid': 9}").expect(404);
    }

    @Test
    @Tag("slow")
    void theEffectiveAccessTimeIsTheTextbooksWhereNothingElseHappens() {
        String id = client.post("/v1/machines", "{'preset': 'tlb-direct-mapped-good'}").text("/id");
        Answer costs = client.get("/v1/machines/" + id + "/translation-costs");
        double hitRatio = 1188.0 / 1200;
        double expected = 1 + 100 + (1 - hitRatio) * 100;
        assertThat(costs.at("/hitRatio").asDouble()).isEqualTo(hitRatio, within(1e-9));
        assertThat(costs.at("/textbook").asDouble()).isEqualTo(expected, within(1e-9));
        assertThat(costs.at("/measured").asDouble()).isEqualTo(expected, within(1e-9));
        assertThat(costs.at("/withFaults").asDouble()).isEqualTo(expected, within(1e-9));
        assertThat(costs.text("/formula")).endsWith("= 1 + 100 + (1 - 0.9900) × 1 × 100");
    }

    /** Loop of 6 pages: too many for 4 entries, enough for 8 behind them. */
    @Test
    void aSecondLevelAnswersWhatTheFirstHasLost() {
        String machine =
                client.machineWithProcess(
                        "{'addressBits': 16, 'translation': {'kind': 'linear'}, 'tlb': {'entries':"
                                + " 4, 'secondLevel': {'entries': 8}}, "
                                + COSTS
                                + "}");
        for (int round = 0; round < 3; round++) {
            for (int page = 0; page < 6; page++) {
                client.access(machine, "read 0x" + page + "000").expect(200);
            }
        }
        Answer counters = client.get(machine + "/counters");
        assertThat(counters.number("/tlbHits")).isEqualTo(12);
        assertThat(counters.number("/tlbMisses")).isEqualTo(6);
        Answer costs = client.get(machine + "/translation-costs");
        assertThat(costs.at("/secondLevelHitRatio").asDouble()).isEqualTo(12.0 / 18, within(1e-9));
        Answer last = client.access(machine, "read 0x0000");
        assertThat(last.text("/results/0/tlb")).isEqualTo("hit");
        assertThat(last.number("/results/0/ticks")).isEqualTo(1 + 1 + 100);
        Answer steps = client.get(machine + "/translations?pid=1&address=0x1000");
        assertThat(steps.at("/tlb/ways").toString()).doesNotContain("\"match\":true");
        assertThat(steps.at("/secondLevel/ways").toString()).contains("\"match\":true");
        assertThat(steps.text("/secondLevel/tlb")).isEqualTo("second-level");
        assertThat(client.get(machine + "/tlb").at("/entries").size()).isEqualTo(12);
    }

    @Test
    void instructionsAndDataDoNotPushEachOtherOut() {
        for (boolean split : new boolean[] {false, true}) {
            String machine =
                    client.machineWithProcess(
                            "{'addressBits': 16, 'tlb': {'entries': 1, 'split': " + split + "}}");
            for (int round = 0; round < 5; round++) {
                client.access(machine, "execute 0x1000", "write 0x2000").expect(200);
            }
            assertThat(client.get(machine + "/counters").number("/tlbHits"))
                    .isEqualTo(split ? 8 : 0);
            Answer tlb = client.get(machine + "/tlb");
            assertThat(tlb.at("/entries").findValuesAsString("tlb"))
                    .isEqualTo(split ? List.of("data", "instruction") : List.of("unified"));
        }
    }

    @Test
    void aTreeNeedsAPowerOfTwo() {
        String tree = "{'tlb': {'entries': 12, 'ways': 3, 'replacement': 'tree-plru'}}";
        assertThat(client.post("/v1/machines", tree).expect(400).text("/errors/0/pointer"))
                .isEqualTo("/tlb/ways");
        String fits = "{'tlb': {'entries': 12, 'ways': 4, 'replacement': 'tree-plru'}}";
        assertThat(client.post("/v1/machines", fits).expect(201).text("/tlb/replacement"))
                .isEqualTo("tree-plru");
    }
}

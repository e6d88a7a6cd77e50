package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.faultline.oracle.Config;
import dev.faultline.oracle.Config.Policy;
import dev.faultline.oracle.Config.TlbReplacement;
import dev.faultline.oracle.SlowMachine;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * A real program's trace, sent as it was recorded, under many machines: every counter is what a
 * second, slow implementation counts.
 */
@Tag("slow")
class RealTraceTest extends HttpTest {

    private static final int PAGE = 4096;

    /** A TLB, as the request names it and as the oracle does. */
    enum Geometry {
        NONE("null", 0, 0, true),
        SET_ASSOCIATIVE("{'entries': 64, 'ways': 4}", 64, 4, true),
        FULLY_ASSOCIATIVE("{'entries': 16}", 16, 16, true),
        DIRECT_MAPPED("{'entries': 32, 'ways': 1}", 32, 1, true),
        UNTAGGED("{'entries': 16, 'ways': 8, 'tagged': false}", 16, 8, false);

        final String json;
        final int entries;
        final int ways;
        final boolean tagged;

        Geometry(String json, int entries, int ways, boolean tagged) {
            this.json = json;
            this.entries = entries;
            this.ways = ways;
            this.tagged = tagged;
        }
    }

    record Combination(Policy policy, int frames, Geometry tlb) {}

    private static byte[] trace = {};

    /** The references of the trace: an operation, and the first byte in each page it touches. */
    private static final StringBuilder OPS = new StringBuilder();

    private static final List<Long> ADDRESSES = new ArrayList<>();

    private static final Set<Long> PAGES_OF_FIRST_BYTES = new HashSet<>();
    private static int references;

    @BeforeAll
    static void readTrace() throws IOException {
        try (InputStream file =
                        Objects.requireNonNull(
                                RealTraceTest.class.getResourceAsStream("/traces/sort.lackey.gz"));
                GZIPInputStream unzipped = new GZIPInputStream(file)) {
            trace = unzipped.readAllBytes();
        }
        new String(trace, ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("=="))
                .forEach(RealTraceTest::readLine);
    }

    private static void readLine(String line) {
        int comma = line.indexOf(',');
        long address = Long.parseLong(line.substring(3, comma), 16);
        int size = Integer.parseInt(line.substring(comma + 1));
        String ops =
                switch (line.substring(0, 3)) {
                    case "I  " -> "x";
                    case " L " -> "r";
                    case " S " -> "w";
                    case " M " -> "rw";
                    default -> throw new IllegalStateException(line);
                };
        for (int i = 0; i < ops.length(); i++) {
            char op = ops.charAt(i);
            references++;
            PAGES_OF_FIRST_BYTES.add(address / PAGE);
            long next = address;
            while (next < address + size) {
                OPS.append(op);
                ADDRESSES.add(next);
                next = (next / PAGE + 1) * PAGE;
            }
        }
    }

    @Test
    void theTraceIsTheOneThatIsDescribed() {
        assertThat(references).isEqualTo(288_630);
        assertThat(ADDRESSES).hasSize(references + 193);
        assertThat(PAGES_OF_FIRST_BYTES).hasSize(208);
    }

    /** Every other of all combinations: each policy with each number of frames and each TLB. */
    static List<Combination> combinations() {
        List<Combination> combinations = new ArrayList<>();
        int turn = 0;
        for (Policy policy : Policy.values()) {
            for (int frames : new int[] {8, 16, 32, 64}) {
                for (Geometry tlb : Geometry.values()) {
                    if (turn++ % 2 == 0) {
                        combinations.add(new Combination(policy, frames, tlb));
                    }
                }
            }
        }
        return combinations;
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyCounterIsWhatTheSlowMachineCounts(Combination combination) {
        Geometry tlb = combination.tlb;
        String machine =
                client.machineWithProcess(
                        "{'frames': %d, 'tlb': %s, 'replacement': {'policy': '%s'}}"
                                .formatted(
                                        combination.frames, tlb.json, lower(combination.policy)));
        client.send("POST", machine + "/processes/1/trace", Client.LACKEY, trace).expect(200);
        Map<String, Long> counters = new TreeMap<>();
        client.get(machine + "/counters")
                .expect(200)
                .json()
                .properties()
                .forEach(counter -> counters.put(counter.getKey(), counter.getValue().asLong()));

        SlowMachine slow =
                new SlowMachine(
                        Config.defaults()
                                .withPolicy(combination.policy)
                                .withFrames(combination.frames)
                                .withTlb(tlb.entries, tlb.ways, TlbReplacement.LRU, tlb.tagged));
        int pid = slow.createProcess();
        for (int i = 0; i < ADDRESSES.size(); i++) {
            slow.access(pid, OPS.charAt(i), ADDRESSES.get(i));
        }
        assertThat(counters).isEqualTo(new TreeMap<>(slow.counters()));
    }

    private static String lower(Policy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Faults that are known for this trace by the pages of first bytes. That some accesses reach
     * into the next page changes none of these counts.
     */
    @ParameterizedTest
    @CsvSource({
        "lru, 8, 9130",
        "lru, 16, 4812",
        "lru, 32, 1535",
        "lru, 64, 446",
        "fifo, 8, 11320",
        "fifo, 16, 6046",
        "fifo, 32, 2223",
        "fifo, 64, 743"
    })
    void faultsAreThoseThatOthersCount(String policy, int frames, long faults) {
        String machine =
                client.machineWithProcess(
                        "{'frames': %d, 'replacement': {'policy': '%s'}}"
                                .formatted(frames, policy));
        Answer answer = client.send("POST", machine + "/processes/1/trace", Client.LACKEY, trace);
        assertThat(answer.expect(200).number("/counters/pageFaults")).isEqualTo(faults);
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Random commands on random machines: is each counter of a scrape the count of its events, and do
 * those of the service never fall?
 */
@Tag("slow")
class ScrapeEventsTest extends HttpTest {

    private static final int STEPS = 50;
    private static final int PAGES = 12;

    /** Counters that no event tells of. */
    private static final Map<String, String> UNTOLD =
            Map.of(
                    "faultline_swap_pages_total{direction=\"in\"}", "swapIns",
                    "faultline_swap_pages_total{direction=\"out\"}", "swapOuts",
                    "faultline_file_pages_total{direction=\"in\"}", "fileIns",
                    "faultline_file_pages_total{direction=\"out\"}", "fileOuts",
                    "faultline_cow_total{outcome=\"copy\"}", "cowCopies",
                    "faultline_zero_fills_total", "zeroFills",
                    "faultline_context_switches_total", "contextSwitches",
                    "faultline_ticks_total", "ticks");

    @Seeds(12)
    void everyCounterIsTheCountOfItsEvents(long seed) {
        new Run(seed).go();
    }

    /**
     * A machine, what its events and answers have told so far, and how much of that was added to
     * the sums.
     */
    private record Told(
            String path, String policy, Map<String, Long> counts, Map<String, Long> added) {

        static Told of(String path, String policy) {
            return new Told(path, policy, new TreeMap<>(), new TreeMap<>());
        }

        Told cloned(String path) {
            return new Told(path, policy, new TreeMap<>(counts), new TreeMap<>(added));
        }

        void begin() {
            counts.clear();
            added.clear();
        }

        void add(String sample) {
            counts.merge(sample, 1L, Long::sum);
        }

        void results(Answer answer) {
            for (JsonNode result : answer.json().path("results")) {
                String op = result.path("op").asString();
                add("faultline_accesses_total{op=\"" + op + "\"}");
                if (!result.path("tlb").isNull()) {
                    String tlb = result.path("tlb").asString();
                    add("faultline_tlb_lookups_total{result=\"" + tlb + "\"}");
                }
            }
        }

        void event(JsonNode event) {
            switch (event.path("type").asString()) {
                case "fault" -> fault(event);
                case "eviction" ->
                        add(
                                "faultline_evictions_total{dirty=\"%s\",policy=\"%s\"}"
                                        .formatted(event.path("dirty").asBoolean(), policy));
                case "signal" -> {
                    String code = event.path("signal").path("code").asString();
                    add("faultline_signals_total{code=\"" + code + "\"}");
                }
                case "fork" -> add("faultline_forks_total");
                default -> {}
            }
        }

        private void fault(JsonNode event) {
            String resolution = event.path("resolution").asString();
            if (resolution.equals("signal") || resolution.equals("handled")) {
                return;
            }
            if (event.path("fault").asString().equals("protection")) {
                add("faultline_protection_faults_total");
            } else {
                boolean major = event.path("major").asBoolean();
                add(
                        "faultline_page_faults_total{type=\"%s\"}"
                                .formatted(major ? "major" : "minor"));
            }
            if (resolution.equals("cow-reuse")) {
                add("faultline_cow_total{outcome=\"reuse\"}");
            }
        }
    }

    /** One sequence of commands. */
    private final class Run {

        private final Dice dice;
        private final List<Told> machines = new ArrayList<>();
        private final Map<String, Long> seen = new TreeMap<>();
        private final Map<String, Double> begun =
                Scrape.of(client, "/actuator/prometheus").counts();

        /** What all machines have counted, those that are gone and before a reset too. */
        private final Map<String, Long> all = new TreeMap<>();

        Run(long seed) {
            dice = new Dice(seed);
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                if (machines.size() < 2) {
                    make();
                }
                Told machine = dice.pick(machines);
                if (dice.below(12) == 0) {
                    life(machine);
                } else {
                    command(machine);
                    look(machine);
                }
                lookAtService();
            }
        }

        private void make() {
            String policy = dice.word("clock fifo lru arc random lirs two-list");
            String path =
                    client.machineWithProcess(
                            ("{'frames': %d, 'tlb': %s, 'replacement': {'policy': '%s'},"
                                            + " 'swap': {'slots': %d, 'spareFrame': %s},"
                                            + " 'reclaim': {'low': %6$d, 'high': %6$d, 'dirtyBackground': %7$d},"
                                            + " 'readAhead': {'swap': %8$d, 'file': %9$d}}")
                                    .formatted(
                                            4 + dice.below(5),
                                            dice.toss() ? "null" : "{'entries': 4}",
                                            policy,
                                            3 + dice.below(40),
                                            dice.toss(),
                                            dice.below(3),
                                            dice.toss() ? 100 : 40,
                                            1 + dice.below(3),
                                            1 + dice.below(3)));
            client.send("PUT", path + "/files/f", Client.BINARY, new byte[3 * 4096]).expect(201);
            machines.add(Told.of(path, policy));
            seen.put(path, 0L);
            look(machines.getLast());
        }

        /** A machine is copied, put back or deleted. */
        private void life(Told machine) {
            switch (dice.below(3)) {
                case 0 -> {
                    String path =
                            "/v1/machines/" + client.post(machine.path() + "/clone").text("/id");
                    Told clone = machine.cloned(path);
                    machines.add(clone);
                    seen.put(path, seen.getOrDefault(machine.path(), 0L));
                    look(clone);
                }
                case 1 -> {
                    client.post(machine.path() + "/reset").expect(200);
                    machine.begin();
                    client.post(machine.path() + "/processes").expect(201);
                    look(machine);
                }
                default -> {
                    client.delete(machine.path()).expect(204);
                    machines.remove(machine);
                }
            }
        }

        private void command(Told machine) {
            String process = machine.path() + "/processes/" + (1 + dice.below(3));
            String area = process + "/areas/0x" + Integer.toHexString(4096 * dice.below(PAGES));
            Answer answer =
                    switch (dice.below(16)) {
                        case 0 -> client.post(process + "/fork");
                        case 1 -> client.post(process + "/exit");
                        case 2 -> client.post(process + "/swap-out");
                        case 3 -> client.post(process + "/swap-in");
                        case 4, 5 -> client.post(process + "/areas", map());
                        case 6 -> client.post(area + "/sync");
                        case 7 -> client.delete(area + "?length=8192");
                        case 8 ->
                                client.patch(
                                        area,
                                        "{'length': 4096, 'protection': '%s'}"
                                                .formatted(dice.word("r-- rw- --- rwx")));
                        case 9 -> client.post(process + "/lock", range());
                        case 10 -> client.post(machine.path() + "/processes");
                        default -> accesses(machine, process);
                    };
            assertThat(answer.status()).as("%s", answer).isLessThan(500);
        }

        private String range() {
            return "{'start': '0x%x', 'length': 4096}".formatted(4096 * dice.below(PAGES));
        }

        private String map() {
            return ("{'start': '0x%x', 'length': %d, 'protection': 'rw-', 'kind': 'file',"
                            + " 'file': 'f', 'sharing': '%s', 'replace': true}")
                    .formatted(
                            4096 * dice.below(PAGES),
                            4096 * (1 + dice.below(3)),
                            dice.word("shared private"));
        }

        private Answer accesses(Told machine, String process) {
            List<String> batch = new ArrayList<>();
            for (int i = dice.below(8); i >= 0; i--) {
                batch.add(
                        dice.word("read write write execute")
                                + " 0x"
                                + Integer.toHexString(4096 * dice.below(PAGES)));
            }
            Answer answer =
                    client.post(process + "/accesses", Client.batch(batch.toArray(String[]::new)));
            machine.results(answer);
            return answer;
        }

        /** Reads the events since the last time, and compares with the machine's own scrape. */
        private void look(Told machine) {
            String after = "/events?after=" + seen.get(machine.path());
            for (JsonNode event : client.get(machine.path() + after).expect(200).at("/events")) {
                machine.event(event);
                seen.put(machine.path(), event.path("seq").asLong());
            }
            Answer counters = client.get(machine.path() + "/counters").expect(200);
            UNTOLD.forEach(
                    (sample, name) -> machine.counts().put(sample, counters.number("/" + name)));
            Map<String, Double> samples = Scrape.of(client, machine.path() + "/metrics").counts();
            samples.forEach(
                    (sample, value) ->
                            assertThat(value.longValue())
                                    .as("%s of %s", sample, machine)
                                    .isEqualTo(machine.counts().getOrDefault(sample, 0L)));
            assertThat(samples.keySet()).containsAll(machine.counts().keySet());
            machine.counts()
                    .forEach(
                            (sample, count) -> {
                                long before = machine.added().getOrDefault(sample, 0L);
                                all.merge(sample, count - before, Long::sum);
                            });
            machine.added().putAll(machine.counts());
        }

        private void lookAtService() {
            Map<String, Double> now = Scrape.of(client, "/actuator/prometheus").counts();
            begun.forEach(
                    (sample, value) ->
                            assertThat(now.getOrDefault(sample, -1.0) - value)
                                    .as("%s of all", sample)
                                    .isEqualTo((double) all.getOrDefault(sample, 0L)));
            assertThat(begun.keySet()).containsAll(all.keySet());
        }
    }
}

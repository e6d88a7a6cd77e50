package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Prometheus sees: totals of the service, a scrape for each machine, and their discovery. */
class MetricsTest extends HttpTest {

    /** Samples by name and labels, as they stand in a scrape. */
    private Map<String, Double> scrape(String path) {
        Answer answer = client.get(path).expect(200);
        assertThat(answer.mediaType()).isEqualTo("text/plain");
        Map<String, Double> samples = new TreeMap<>();
        answer.text()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .forEach(
                        line -> {
                            int space = line.lastIndexOf(' ');
                            samples.put(
                                    line.substring(0, space),
                                    Double.valueOf(line.substring(space + 1)));
                        });
        return samples;
    }

    private Map<String, Double> totals() {
        Map<String, Double> ours = new TreeMap<>(scrape("/actuator/prometheus"));
        ours.keySet().removeIf(name -> !name.startsWith("faultline_"));
        return ours;
    }

    /** What a sample has grown by. */
    private static long growth(
            Map<String, Double> before, Map<String, Double> after, String sample) {
        assertThat(after).containsKey(sample);
        return Math.round(after.getOrDefault(sample, 0.0) - before.getOrDefault(sample, 0.0));
    }

    /** Everything that is counted at least once. */
    private String busyMachine() {
        String machine =
                client.machineWithProcess("{'frames': 2, 'replacement': {'policy': 'lru'}}");
        client.access(machine, "write 0x1000", "read 0x2000", "execute 0x3000", "read 0x4000");
        client.access(machine, "read 0x1000", "read 0x1000");
        client.post(machine + "/processes/1/fork").expect(201);
        client.access(machine, 2, "write 0x1000");
        return machine;
    }

    @Test
    void totalsGrowByWhatMachinesCount() {
        Map<String, Double> before = totals();
        String machine = busyMachine();
        Map<String, Double> after = totals();
        Answer counters = client.get(machine + "/counters").expect(200);
        Map<String, String> samples =
                Map.ofEntries(
                        Map.entry("reads", "faultline_accesses_total{op=\"read\"}"),
                        Map.entry("writes", "faultline_accesses_total{op=\"write\"}"),
                        Map.entry("executes", "faultline_accesses_total{op=\"execute\"}"),
                        Map.entry("minorFaults", "faultline_page_faults_total{type=\"minor\"}"),
                        Map.entry("majorFaults", "faultline_page_faults_total{type=\"major\"}"),
                        Map.entry("protectionFaults", "faultline_protection_faults_total"),
                        Map.entry("tlbHits", "faultline_tlb_lookups_total{result=\"hit\"}"),
                        Map.entry("tlbMisses", "faultline_tlb_lookups_total{result=\"miss\"}"),
                        Map.entry("swapIns", "faultline_swap_pages_total{direction=\"in\"}"),
                        Map.entry("swapOuts", "faultline_swap_pages_total{direction=\"out\"}"),
                        Map.entry("cowCopies", "faultline_cow_total{outcome=\"copy\"}"),
                        Map.entry("cowReuses", "faultline_cow_total{outcome=\"reuse\"}"),
                        Map.entry("forks", "faultline_forks_total"));
        samples.forEach(
                (counter, sample) ->
                        assertThat(growth(before, after, sample))
                                .as(sample)
                                .isEqualTo(counters.number("/" + counter)));
        String evictions = "faultline_evictions_total{dirty=\"%s\",policy=\"lru\"}";
        assertThat(
                        growth(before, after, evictions.formatted(true))
                                + growth(before, after, evictions.formatted(false)))
                .isEqualTo(counters.number("/evictions"));
        assertThat(growth(before, after, "faultline_machines")).isEqualTo(1);
        assertThat(growth(before, after, "faultline_processes")).isEqualTo(2);
        assertThat(growth(before, after, "faultline_frames{state=\"used\"}")).isEqualTo(2);
        assertThat(counters.number("/majorFaults")).isPositive();
        assertThat(counters.number("/evictions")).isPositive();
    }

    /** The totals that only ever grow. */
    private Map<String, Double> counts() {
        Map<String, Double> counts = totals();
        counts.keySet().removeIf(name -> !name.contains("_total"));
        return counts;
    }

    @Test
    void deletionAndResetTakeNothingFromTheTotals() {
        String machine = busyMachine();
        Map<String, Double> before = counts();
        client.post(machine + "/reset").expect(200);
        assertThat(counts()).isEqualTo(before);
        client.delete(machine).expect(204);
        assertThat(counts()).isEqualTo(before);
    }

    @Test
    void aCloneBringsOnlyWhatItCountsItself() {
        String machine = busyMachine();
        Map<String, Double> before = counts();
        String clone = "/v1/machines/" + client.post(machine + "/clone").text("/id");
        assertThat(counts()).isEqualTo(before);
        client.access(clone, "read 0x2000");
        String reads = "faultline_accesses_total{op=\"read\"}";
        assertThat(growth(before, counts(), reads)).isEqualTo(1);
        client.post(clone + "/reset").expect(200);
        client.delete(clone).expect(204);
        client.delete(machine).expect(204);
        assertThat(growth(before, counts(), reads)).isEqualTo(1);
    }

    @Test
    void aPresetsPreparationIsNotCounted() {
        Map<String, Double> before = counts();
        String machine = client.machine("{'preset': 'lecture-16'}");
        client.post(machine + "/reset").expect(200);
        assertThat(counts()).isEqualTo(before);
    }

    @Test
    void goneMachinesLeaveNoGaugesBehind() {
        Map<String, Double> before = totals();
        String machine = busyMachine();
        client.post(machine + "/processes/1/exit").expect(200);
        assertThat(growth(before, totals(), "faultline_processes")).isEqualTo(1);
        client.delete(machine).expect(204);
        Map<String, Double> after = totals();
        for (String gauge : List.of("faultline_machines", "faultline_processes")) {
            assertThat(growth(before, after, gauge)).as(gauge).isZero();
        }
        assertThat(growth(before, after, "faultline_frames{state=\"used\"}")).isZero();
        assertThat(growth(before, after, "faultline_frames{state=\"free\"}")).isZero();
    }

    @Test
    void aMachineIsAScrapeTargetOfItsOwn() {
        busyMachine();
        String machine = busyMachine();
        Map<String, Double> samples = scrape(machine + "/metrics");
        Answer counters = client.get(machine + "/counters").expect(200);
        assertThat(growth(Map.of(), samples, "faultline_accesses_total{op=\"read\"}"))
                .isEqualTo(counters.number("/reads"));
        assertThat(samples.get("faultline_forks_total")).isEqualTo(1);
        assertThat(samples.get("faultline_processes")).isEqualTo(2);
        assertThat(samples.keySet()).noneMatch(name -> name.contains("machine="));
        assertThat(samples.keySet()).allMatch(name -> name.startsWith("faultline_"));
    }

    @Test
    void theMainEndpointNamesNoMachine() {
        String machine = busyMachine();
        String id = machine.substring(machine.lastIndexOf('/') + 1);
        assertThat(client.get("/actuator/prometheus").text()).doesNotContain(id);
    }

    @Test
    void targetsNameEveryMachineOnce() {
        List<String> machines = List.of(client.machine("{}"), client.machine("{}"));
        JsonNode targets = client.get("/v1/targets").expect(200).json();
        List<String> paths = new ArrayList<>();
        for (JsonNode target : targets) {
            assertThat(target.at("/targets/0").asString()).isEqualTo("localhost:" + port);
            String path = target.at("/labels/__metrics_path__").asString();
            assertThat(scrape(path)).isNotEmpty();
            assertThat(path).contains(target.at("/labels/machine").asString());
            paths.add(path.replaceFirst("/metrics$", ""));
        }
        assertThat(paths).containsExactlyInAnyOrderElementsOf(machines);
    }
}

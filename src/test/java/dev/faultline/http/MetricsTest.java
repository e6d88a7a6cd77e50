package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What Prometheus sees: totals of the service, a scrape for each machine, and their discovery. */
@Tag("slow")
class MetricsTest extends HttpTest {

    private Map<String, Double> scrape(String path) {
        return Scrape.of(client, path).samples();
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
                        Map.entry("forks", "faultline_forks_total"),
                        Map.entry("zeroFills", "faultline_zero_fills_total"),
                        Map.entry("fileIns", "faultline_file_pages_total{direction=\"in\"}"),
                        Map.entry("fileOuts", "faultline_file_pages_total{direction=\"out\"}"),
                        Map.entry("mapErrors", "faultline_signals_total{code=\"SEGV_MAPERR\"}"),
                        Map.entry("accessErrors", "faultline_signals_total{code=\"SEGV_ACCERR\"}"),
                        Map.entry("contextSwitches", "faultline_context_switches_total"),
                        Map.entry("ticks", "faultline_ticks_total"));
        samples.forEach(
                (counter, sample) ->
                        assertThat(growth(before, after, sample))
                                .as(sample)
                                .isEqualTo(counters.number("/" + counter)));
        String evictions = "faultline_evictions_total{dirty=\"%s\",policy=\"lru\"}";
        assertThat(growth(before, after, evictions.formatted(true))).isPositive();
        assertThat(counters.number("/contextSwitches")).isPositive();
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
        return Scrape.of(client, "/actuator/prometheus").counts();
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

    private static long evictions(Map<String, Double> samples, String dirty, String policy) {
        return growth(
                Map.of(),
                samples,
                "faultline_evictions_total{dirty=\"" + dirty + "\",policy=\"" + policy + "\"}");
    }

    /** A page is written and stays: no eviction can be told from what was written. */
    @Test
    void whatASyncWritesIsNoEviction() {
        String machine = client.machine("{'frames': 4}");
        client.send("PUT", machine + "/files/f", Client.BINARY, new byte[4096]).expect(201);
        String area =
                "{'start': 0, 'length': 4096, 'protection': 'rw-', 'kind': 'file',"
                        + " 'file': 'f', 'sharing': 'shared'}";
        client.post(machine + "/processes", "{'areas': [" + area + "]}").expect(201);
        client.access(machine, "write 0x0 1 7");
        client.post(machine + "/processes/1/areas/0x0/sync").expect(200);
        Map<String, Double> samples = scrape(machine + "/metrics");
        assertThat(samples.get("faultline_file_pages_total{direction=\"out\"}")).isEqualTo(1);
        assertThat(evictions(samples, "true", "clock")).isZero();
        assertThat(evictions(samples, "false", "clock")).isZero();
        assertThat(totals()).isNotEmpty();
        client.delete(machine).expect(204);
        assertThat(totals()).isNotEmpty();
    }

    @Test
    void aPageThatWasCleanedLeavesClean() {
        String machine =
                client.machineWithProcess("{'frames': 4, 'reclaim': {'dirtyBackground': 25}}");
        client.access(machine, "write 0x0", "write 0x1000", "write 0x2000", "write 0x3000");
        assertThat(client.get(machine + "/background").number("/cleaned")).isPositive();
        for (int page = 4; page < 12; page++) {
            client.access(machine, "read 0x" + Integer.toHexString(page * 4096));
        }
        Answer counters = client.get(machine + "/counters").expect(200);
        Map<String, Double> samples = scrape(machine + "/metrics");
        assertThat(evictions(samples, "true", "clock")).isLessThan(counters.number("/swapOuts"));
        assertThat(evictions(samples, "true", "clock") + evictions(samples, "false", "clock"))
                .isEqualTo(counters.number("/evictions"));
    }

    @Test
    void aMachineHasSeriesOfItsOwnPolicyOnly() {
        Map<String, Double> samples = scrape(busyMachine() + "/metrics");
        assertThat(samples.keySet())
                .filteredOn(name -> name.contains("policy="))
                .isNotEmpty()
                .allMatch(name -> name.contains("policy=\"lru\""));
    }

    @Test
    void aMachineSaysWhatItIs() {
        String plain =
                client.machine(
                        "{'frames': 7, 'pageSize': 64, 'tlb': null, 'addressBits': 16,"
                                + " 'translation': {'kind': 'segmented-paging'},"
                                + " 'replacement': {'policy': 'arc'}}");
        assertThat(scrape(plain + "/metrics"))
                .containsEntry(
                        "faultline_machine_info{frames=\"7\",page_size=\"64\",policy=\"arc\","
                                + "preset=\"none\",tlb=\"none\",translation=\"segmented-paging\"}",
                        1.0);
        Answer lecture = client.get(open("lecture-16")).expect(200);
        assertThat(scrape("/v1/machines/" + lecture.text("/id") + "/metrics"))
                .containsEntry(
                        ("faultline_machine_info{frames=\"%s\",page_size=\"%s\",policy=\"%s\","
                                        + "preset=\"lecture-16\",tlb=\"%s\",translation=\"%s\"}")
                                .formatted(
                                        lecture.number("/frames"),
                                        lecture.number("/pageSize"),
                                        lecture.text("/replacement/policy"),
                                        lecture.number("/tlb/entries"),
                                        lecture.text("/translation/kind")),
                        1.0);
        assertThat(totals().keySet()).noneMatch(name -> name.startsWith("faultline_machine_info"));
    }

    /** RFC 9110, 5.6.1 and 12.5.1: a list without elements is as good as none. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ,"})
    void anAcceptThatNamesNothingIsNone(String accept) {
        client.get("/actuator/prometheus", "Accept", accept).expect(200);
        client.get(client.machine("{}") + "/metrics", "Accept", accept).expect(200);
    }

    @Test
    void slotsAreFreeOrUsed() {
        String machine = client.machineWithProcess("{'frames': 1, 'swap': {'slots': 5}}");
        Map<String, Double> before = totals();
        client.access(machine, "write 0x0", "write 0x1000", "write 0x2000");
        Map<String, Double> samples = scrape(machine + "/metrics");
        assertThat(samples.get("faultline_swap_slots{state=\"used\"}")).isEqualTo(2);
        assertThat(samples.get("faultline_swap_slots{state=\"free\"}")).isEqualTo(3);
        assertThat(growth(before, totals(), "faultline_swap_slots{state=\"used\"}")).isEqualTo(2);
    }

    @Test
    void aMachinesScrapeIsOpenMetricsIfThatIsPreferred() {
        String path = busyMachine() + "/metrics";
        Answer open =
                client.get(
                                path,
                                "Accept",
                                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
                        .expect(200);
        assertThat(open.mediaType()).isEqualTo("application/openmetrics-text");
        assertThat(open.text()).contains("faultline_forks_total 1.0").endsWith("# EOF\n");
        for (String accept :
                List.of("*/*", "text/plain", "application/openmetrics-text;q=0.1,text/plain")) {
            Answer text = client.get(path, "Accept", accept).expect(200);
            assertThat(text.mediaType()).as(accept).isEqualTo("text/plain");
            assertThat(text.text()).contains("# TYPE faultline_forks_total counter");
        }
        client.get(path, "Accept", "text/html").expect(406);
    }

    @Test
    void aMachinesScrapeAnswersHead() throws IOException {
        String machine = busyMachine();
        for (String path : List.of(machine + "/metrics", "/actuator/prometheus")) {
            String request = "HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            Answer answer = Wire.exchange(port, request.getBytes(UTF_8));
            assertThat(answer).isNotNull();
            assertThat(Objects.requireNonNull(answer).status()).as(path).isEqualTo(200);
            assertThat(answer.body()).isEmpty();
        }
    }

    /** Whoever asks under another name cannot send Prometheus there. */
    @Test
    void targetsDoNotDependOnTheRequest() throws IOException {
        client.machine("{}");
        for (String path : List.of("/v1/targets", "/v3/api-docs")) {
            String request =
                    "GET "
                            + path
                            + " HTTP/1.1\r\nHost: stranger.example:99\r\n"
                            + "X-Forwarded-Host: stranger.example\r\nConnection: close\r\n\r\n";
            Answer answer = Wire.exchange(port, request.getBytes(UTF_8));
            assertThat(Objects.requireNonNull(answer).expect(200).text())
                    .doesNotContain("stranger");
        }
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

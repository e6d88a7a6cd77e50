package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.FaultlineApplication;
import dev.faultline.testing.OutsideProgram;
import dev.faultline.watching.Dashboard.Target;
import dev.faultline.watching.Prometheus.Sample;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real Prometheus with the project's configuration watches the service while machines work: does
 * everything on the dashboard have something to show?
 */
@Tag("slow")
class PrometheusTest {

    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    /** What is zero in a service that is well. */
    private static final Pattern MAY_BE_ZERO = Pattern.compile("5\\.\\.|jvm_gc_pause");

    @TempDir static Path folder;

    private static @Nullable ConfigurableApplicationContext context;
    private static @Nullable Prometheus prometheus;
    private static @Nullable Load load;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path program = OutsideProgram.require("prometheus");
        context = SpringApplication.run(FaultlineApplication.class, "--server.port=0");
        String address = "localhost:" + context.getEnvironment().getProperty("local.server.port");
        load = new Load(URI.create("http://" + address));
        load.makeMachines();
        load.round();
        String configuration = Files.readString(Prometheus.CONFIGURATION);
        assertThat(configuration).contains("faultline:8080");
        prometheus =
                Prometheus.start(program, configuration.replace("faultline:8080", address), folder);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.close();
        }
        if (load != null) {
            load.close();
        }
        if (context != null) {
            context.close();
        }
    }

    @Test
    void theConfigurationIsValid() throws IOException, InterruptedException {
        Path output = folder.resolve("promtool");
        Process promtool =
                new ProcessBuilder(
                                OutsideProgram.require("promtool").toString(),
                                "check",
                                "config",
                                Prometheus.CONFIGURATION.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(promtool.waitFor()).as(Files.readString(output)).isZero();
    }

    @Test
    void eachMachineIsATargetThatAnswers() throws Exception {
        eventually(
                () -> {
                    Map<String, String> health =
                            prometheus().targets().stream()
                                    .filter(target -> label(target, "job").equals("machines"))
                                    .collect(
                                            Collectors.toMap(
                                                    target -> label(target, "machine"),
                                                    target -> target.path("health").asString()));
                    assertThat(health).containsOnlyKeys(Load.MACHINES);
                    assertThat(health.values()).containsOnly("up");
                });
    }

    private static String label(JsonNode target, String name) {
        return target.path("labels").path(name).asString("");
    }

    @Test
    void theMachinesSumUpToTheService() throws Exception {
        String by = "op, type, policy, dirty, result, direction, outcome, state, code";
        String sum =
                "sum by (__name__, "
                        + by
                        + ") ({__name__=~\"faultline_.+\", __name__!=\"faultline_machine_info\","
                        + " job=\"%s\"} > 0)";
        eventually(
                () -> {
                    Map<Map<String, String>, Double> service =
                            byLabels(prometheus().query(sum.formatted("faultline")));
                    assertThat(service.remove(Map.of("__name__", "faultline_machines")))
                            .isEqualTo(Load.MACHINES.size());
                    assertThat(service).hasSizeGreaterThan(20);
                    assertThat(byLabels(prometheus().query(sum.formatted("machines"))))
                            .isEqualTo(service);
                });
    }

    private static Map<Map<String, String>, Double> byLabels(List<Sample> samples) {
        return samples.stream().collect(Collectors.toMap(Sample::labels, Sample::value));
    }

    @Test
    void everyVariableHasValues() throws Exception {
        Map<String, List<String>> expected =
                Map.of("job", List.of("faultline", "machines"), "machine", Load.MACHINES);
        Dashboard dashboard = Dashboard.read();
        for (String name : List.of("job", "instance", "machine")) {
            String definition = dashboard.variable(name).path("query").path("query").asString();
            Matcher matcher = LABEL_VALUES.matcher(definition);
            assertThat(matcher.matches()).as(definition).isTrue();
            String label = matcher.group(2);
            String expression = "count by (" + label + ") (" + filled(matcher.group(1)) + ")";
            eventually(
                    () -> {
                        List<String> values =
                                prometheus().query(expression).stream()
                                        .map(sample -> sample.labels().getOrDefault(label, ""))
                                        .toList();
                        assertThat(values).as(definition).isNotEmpty().doesNotContain("");
                        assertThat(values)
                                .containsExactlyInAnyOrderElementsOf(
                                        expected.getOrDefault(name, values));
                    });
        }
    }

    @Test
    void everyExpressionOfTheDashboardHasData() throws Exception {
        List<Target> targets = Dashboard.read().targets();
        try (Load.Background background = new Load.Background(load())) {
            eventually(
                    () -> {
                        background.check();
                        List<String> complaints = new ArrayList<>();
                        for (Target target : targets) {
                            String expression = filled(target.expression());
                            String complaint = complaint(target, prometheus().query(expression));
                            if (!complaint.isEmpty()) {
                                complaints.add(target + ": " + complaint + ": " + expression);
                            }
                        }
                        assertThat(complaints).isEmpty();
                    });
        }
    }

    /** The expression as Grafana sends it with the dashboard's defaults. */
    private static String filled(String expression) throws IOException {
        int interval = Prometheus.scrapeInterval(Files.readString(Prometheus.CONFIGURATION));
        String filled =
                expression
                        .replace("$__rate_interval", 4 * interval + "s")
                        .replace("$job", "faultline|machines")
                        .replace("$instance", ".+")
                        .replace("$machine", ".+");
        assertThat(filled).doesNotContain("$");
        return filled;
    }

    private static String complaint(Target target, List<Sample> samples) {
        if (samples.isEmpty()) {
            return "no data";
        }
        if (!samples.stream().allMatch(sample -> Double.isFinite(sample.value()))) {
            return "not a number";
        }
        if (samples.stream().noneMatch(sample -> sample.value() > 0)
                && !MAY_BE_ZERO.matcher(target.expression()).find()) {
            return "nothing but zero";
        }
        List<String> missing =
                LEGEND_LABEL
                        .matcher(target.legend())
                        .results()
                        .map(label -> label.group(1))
                        .filter(
                                label ->
                                        !samples.stream()
                                                .allMatch(s -> s.labels().containsKey(label)))
                        .toList();
        return missing.isEmpty() ? "" : "no label " + missing;
    }

    /** Something that may throw anything. */
    private interface Check {
        void run() throws Exception;
    }

    /** Prometheus needs a few scrapes before it knows a rate. */
    private static void eventually(Check check) throws Exception {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
            }
            Thread.sleep(500);
        }
    }

    private static Prometheus prometheus() {
        return Objects.requireNonNull(prometheus);
    }

    private static Load load() {
        return Objects.requireNonNull(load);
    }
}

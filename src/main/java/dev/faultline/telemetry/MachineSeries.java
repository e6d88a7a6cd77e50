package dev.faultline.telemetry;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Totals;
import dev.faultline.hosting.Totals.Holdings;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Metric;
import dev.faultline.machine.spec.MachineSpec;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The metrics of simulated machines, of one or of all together. Each counter is one that a machine
 * keeps; none is computed from others.
 */
final class MachineSeries {

    /** A sample of a gauge, with where its value comes from. */
    private record Holding(Labels labels, ToLongFunction<Holdings> value) {}

    private record GaugeFamily(String name, String help, List<Holding> holdings) {}

    private static final List<GaugeFamily> GAUGES =
            List.of(
                    gauges(
                            "faultline_processes",
                            "Processes that have not ended.",
                            new Holding(Labels.EMPTY, Holdings::processes)),
                    gauges(
                            "faultline_frames",
                            "Page frames by state.",
                            new Holding(Labels.of("state", "free"), Holdings::freeFrames),
                            new Holding(Labels.of("state", "used"), Holdings::usedFrames)),
                    gauges(
                            "faultline_swap_slots",
                            "Slots of the backing store by state.",
                            new Holding(Labels.of("state", "free"), Holdings::freeSlots),
                            new Holding(Labels.of("state", "used"), Holdings::usedSlots)));

    private static final GaugeFamily MACHINES =
            gauges(
                    "faultline_machines",
                    "Machines hosted.",
                    new Holding(Labels.EMPTY, Holdings::machines));

    private MachineSeries() {}

    private static GaugeFamily gauges(String name, String help, Holding... holdings) {
        return new GaugeFamily(name, help, List.of(holdings));
    }

    /** The metrics of the service: the sums over all its machines, and the number of machines. */
    static MetricSnapshots ofAll(Totals totals) {
        List<MetricSnapshot> series = common(totals);
        series.add(snapshot(MACHINES, totals.holdings()));
        return new MetricSnapshots(series);
    }

    /** The metrics of one machine, without a machine label: Prometheus adds that. */
    static MetricSnapshots of(HostedMachine machine) {
        List<MetricSnapshot> series = common(machine.totals());
        series.add(info(machine));
        return new MetricSnapshots(series);
    }

    private static List<MetricSnapshot> common(Totals totals) {
        List<MetricSnapshot> series = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            if (!metric.isByPolicy()) {
                series.add(snapshot(metric, Map.of("", totals.counters())));
            }
        }
        GAUGES.forEach(family -> series.add(snapshot(family, totals.holdings())));
        for (Metric metric : Metric.values()) {
            if (metric.isByPolicy()) {
                series.add(snapshot(metric, totals.counted()));
            }
        }
        return series;
    }

    /** A metric's counters, by policy if it is one of those that are. */
    private static CounterSnapshot snapshot(Metric metric, Map<String, Counters> byPolicy) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder().name(metric.key()).help(metric.words());
        byPolicy.forEach(
                (policy, counters) -> {
                    for (Counter counter : Counter.of(metric)) {
                        Labels labels = labels(metric, counter, policy);
                        builder.dataPoint(point(labels, counters.get(counter)));
                    }
                });
        return builder.build();
    }

    private static Labels labels(Metric metric, Counter counter, String policy) {
        Labels labels = metric.isByPolicy() ? Labels.of("policy", policy) : Labels.EMPTY;
        String label = metric.label();
        String value = counter.label();
        return label == null || value == null ? labels : labels.merge(Labels.of(label, value));
    }

    private static CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
    }

    private static GaugeSnapshot snapshot(GaugeFamily family, Holdings holdings) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(family.name()).help(family.help());
        family.holdings()
                .forEach(
                        holding ->
                                builder.dataPoint(
                                        GaugeDataPointSnapshot.builder()
                                                .labels(holding.labels())
                                                .value(
                                                        (double)
                                                                holding.value()
                                                                        .applyAsLong(holdings))
                                                .build()));
        return builder.build();
    }

    /** The machine's configuration, to join with other metrics. */
    private static InfoSnapshot info(HostedMachine machine) {
        MachineSpec spec = machine.spec();
        int entries = spec.tlb().entries();
        return InfoSnapshot.builder()
                .name("faultline_machine")
                .help("What the machine is: the value is always 1.")
                .dataPoint(
                        InfoDataPointSnapshot.builder()
                                .labels(
                                        Labels.of(
                                                "policy",
                                                spec.policy(),
                                                "frames",
                                                Integer.toString(spec.frames()),
                                                "page_size",
                                                Long.toString(spec.pageSize()),
                                                "tlb",
                                                entries == 0 ? "none" : Integer.toString(entries),
                                                "translation",
                                                word(spec.translation().kind()),
                                                "preset",
                                                machine.preset() == null
                                                        ? "none"
                                                        : machine.preset().name()))
                                .build())
                .build();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

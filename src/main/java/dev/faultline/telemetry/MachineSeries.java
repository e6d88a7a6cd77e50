package dev.faultline.telemetry;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Totals;
import dev.faultline.hosting.Totals.Holdings;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
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

    /** A sample of a counter, with the machine's counter behind it. */
    private record Count(Labels labels, Counter counter) {}

    private record CounterFamily(String name, String help, List<Count> counts) {}

    /** A sample of a gauge, with where its value comes from. */
    private record Holding(Labels labels, ToLongFunction<Holdings> value) {}

    private record GaugeFamily(String name, String help, List<Holding> holdings) {}

    private static final List<CounterFamily> COUNTERS =
            List.of(
                    counters(
                            "faultline_accesses",
                            "Accesses issued.",
                            count("op", "read", Counter.READS),
                            count("op", "write", Counter.WRITES),
                            count("op", "execute", Counter.EXECUTES)),
                    counters(
                            "faultline_page_faults",
                            "Page faults; a major one read the page from the backing store or a"
                                    + " file.",
                            count("type", "minor", Counter.MINOR_FAULTS),
                            count("type", "major", Counter.MAJOR_FAULTS)),
                    counters(
                            "faultline_protection_faults",
                            "Faults on a page that was present, such as a write to one shared by"
                                    + " copy-on-write.",
                            count(Counter.PROTECTION_FAULTS)),
                    counters(
                            "faultline_tlb_lookups",
                            "First TLB look-ups of accesses.",
                            count("result", "hit", Counter.TLB_HITS),
                            count("result", "miss", Counter.TLB_MISSES)),
                    counters(
                            "faultline_swap_pages",
                            "Pages read from and written to the backing store.",
                            count("direction", "in", Counter.SWAP_INS),
                            count("direction", "out", Counter.SWAP_OUTS)),
                    counters(
                            "faultline_file_pages",
                            "Pages read from and written to files.",
                            count("direction", "in", Counter.FILE_INS),
                            count("direction", "out", Counter.FILE_OUTS)),
                    counters(
                            "faultline_zero_fills",
                            "Frames filled with zeros for a page.",
                            count(Counter.ZERO_FILLS)),
                    counters(
                            "faultline_cow",
                            "Writes to shared pages: copied, or kept by the last sharer.",
                            count("outcome", "copy", Counter.COW_COPIES),
                            count("outcome", "reuse", Counter.COW_REUSES)),
                    counters("faultline_forks", "Processes forked.", count(Counter.FORKS)),
                    counters(
                            "faultline_signals",
                            "Signals sent to processes, by their POSIX code.",
                            count("code", "SEGV_MAPERR", Counter.MAP_ERRORS),
                            count("code", "SEGV_ACCERR", Counter.ACCESS_ERRORS),
                            count("code", "BUS_ADRERR", Counter.BUS_ERRORS),
                            count("code", "SI_KERNEL", Counter.KERNEL_KILLS)),
                    counters(
                            "faultline_context_switches",
                            "Switches from one process to another.",
                            count(Counter.CONTEXT_SWITCHES)),
                    counters(
                            "faultline_ticks",
                            "Ticks of the simulated clock.",
                            count(Counter.TICKS)));

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

    private static CounterFamily counters(String name, String help, Count... counts) {
        return new CounterFamily(name, help, List.of(counts));
    }

    private static Count count(Counter counter) {
        return new Count(Labels.EMPTY, counter);
    }

    private static Count count(String label, String value, Counter counter) {
        return new Count(Labels.of(label, value), counter);
    }

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
        Counters all = totals.counters();
        COUNTERS.forEach(family -> series.add(snapshot(family, all)));
        GAUGES.forEach(family -> series.add(snapshot(family, totals.holdings())));
        series.add(evictions(totals.counted()));
        return series;
    }

    private static CounterSnapshot snapshot(CounterFamily family, Counters counters) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder().name(family.name()).help(family.help());
        family.counts()
                .forEach(c -> builder.dataPoint(point(c.labels(), counters.get(c.counter()))));
        return builder.build();
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

    private static CounterSnapshot evictions(Map<String, Counters> byPolicy) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder()
                        .name("faultline_evictions")
                        .help("Pages evicted; dirty ones were written back as they left.");
        byPolicy.forEach(
                (policy, counters) -> {
                    builder.dataPoint(
                            point(
                                    Labels.of("policy", policy, "dirty", "true"),
                                    counters.get(Counter.DIRTY_EVICTIONS)));
                    builder.dataPoint(
                            point(
                                    Labels.of("policy", policy, "dirty", "false"),
                                    counters.get(Counter.CLEAN_EVICTIONS)));
                });
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

package dev.faultline.telemetry;

import dev.faultline.hosting.MachineHost.Totals;
import dev.faultline.machine.Counter;
import dev.faultline.machine.Counters;
import dev.faultline.machine.Machine;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of simulated machines, over one of them or all. */
final class MachineMeters implements MeterBinder {

    private final Supplier<Totals> totals;

    MachineMeters(Supplier<Totals> totals) {
        this.totals = totals;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        String accesses = "Accesses issued.";
        counter(registry, "faultline.accesses", accesses, "op", "read", Counter.READS);
        counter(registry, "faultline.accesses", accesses, "op", "write", Counter.WRITES);
        counter(registry, "faultline.accesses", accesses, "op", "execute", Counter.EXECUTES);
        String faults = "Page faults; a major one read the page from the backing store.";
        counter(registry, "faultline.page.faults", faults, "type", "minor", Counter.MINOR_FAULTS);
        counter(registry, "faultline.page.faults", faults, "type", "major", Counter.MAJOR_FAULTS);
        counter(
                registry,
                "faultline.protection.faults",
                "Faults on a page that was present, such as a write to one shared by copy-on-write.",
                Counter.PROTECTION_FAULTS);
        String lookups = "First TLB look-ups of accesses.";
        counter(registry, "faultline.tlb.lookups", lookups, "result", "hit", Counter.TLB_HITS);
        counter(registry, "faultline.tlb.lookups", lookups, "result", "miss", Counter.TLB_MISSES);
        String swap = "Pages read from and written to the backing store.";
        counter(registry, "faultline.swap.pages", swap, "direction", "in", Counter.SWAP_INS);
        counter(registry, "faultline.swap.pages", swap, "direction", "out", Counter.SWAP_OUTS);
        String cow = "Writes to shared pages: copied, or kept by the last sharer.";
        counter(registry, "faultline.cow", cow, "outcome", "copy", Counter.COW_COPIES);
        counter(registry, "faultline.cow", cow, "outcome", "reuse", Counter.COW_REUSES);
        counter(registry, "faultline.forks", "Processes forked.", Counter.FORKS);
        Machine.policyNames().forEach(policy -> evictions(registry, policy));
        gauge(registry, "faultline.processes", "Processes that have not ended.", Totals::processes);
        frames(registry, "free", Totals::free);
        frames(registry, "used", Totals::used);
    }

    private void evictions(MeterRegistry registry, String policy) {
        evictions(registry, policy, true, MachineMeters::dirtyEvictions);
        evictions(
                registry,
                policy,
                false,
                counters -> counters.get(Counter.EVICTIONS) - dirtyEvictions(counters));
    }

    /** Every dirty victim is written out, and nothing else is. */
    private static double dirtyEvictions(Counters counters) {
        return counters.get(Counter.SWAP_OUTS) + counters.get(Counter.FILE_OUTS);
    }

    private void evictions(
            MeterRegistry registry,
            String policy,
            boolean dirty,
            ToDoubleFunction<Counters> count) {
        FunctionCounter.builder(
                        "faultline.evictions",
                        totals,
                        t -> count.applyAsDouble(countersOf(t.get(), policy)))
                .tag("policy", policy)
                .tag("dirty", Boolean.toString(dirty))
                .description("Pages evicted; dirty ones were written back first.")
                .register(registry);
    }

    private static Counters countersOf(Totals totals, String policy) {
        return totals.byPolicy().getOrDefault(policy, new Counters());
    }

    private void counter(
            MeterRegistry registry,
            String name,
            String description,
            String tag,
            String value,
            Counter counter) {
        FunctionCounter.builder(name, totals, t -> t.get().counters().get(counter))
                .tag(tag, value)
                .description(description)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, Counter counter) {
        FunctionCounter.builder(name, totals, t -> t.get().counters().get(counter))
                .description(description)
                .register(registry);
    }

    private void frames(MeterRegistry registry, String state, ToDoubleFunction<Totals> count) {
        Gauge.builder("faultline.frames", totals, t -> count.applyAsDouble(t.get()))
                .tag("state", state)
                .description("Page frames by state.")
                .strongReference(true)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<Totals> value) {
        Gauge.builder(name, totals, t -> value.applyAsDouble(t.get()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}

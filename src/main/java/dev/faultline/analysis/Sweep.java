package dev.faultline.analysis;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceReader;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * A trace run through several machines. Each run is that of a new machine with one process of
 * default memory, as a client would make it.
 */
public final class Sweep {

    private static final int BLOCK = 8192;

    /** The most copies of a block that exist while one that is appended to grows. */
    private static final long COPIES = 4;

    /**
     * The result of one run.
     *
     * @param counters all counts, up to the failure if there was one
     * @param failure why the trace did not run to its end, or null
     */
    public record Row(MachineSpec spec, Counters counters, @Nullable String failure) {}

    /**
     * More faults with more frames, all else being equal (Belady, Nelson, Shedler, "An anomaly in
     * space-time characteristics of certain programs running in a paging machine", CACM 12(6),
     * 1969).
     *
     * @param fewer the run with fewer frames
     * @param more the run with more frames, which has more faults
     */
    public record Anomaly(Row fewer, Row more) {}

    private Sweep() {}

    /**
     * Runs a trace through a machine.
     *
     * @param machine a new machine
     * @param mostForeseen the most accesses held for a policy that has to know the whole trace
     *     (OPT)
     * @throws CancellationException if {@code progress} says so
     */
    public static Row run(StoredTrace trace, Machine machine, int mostForeseen, Progress progress) {
        MachineSpec spec = machine.spec();
        Outcome made = machine.apply(Command.CreateProcess.plain("sweep", spec));
        String failure = null;
        if (made instanceof Outcome.Refused refused) {
            failure = refused.why();
        } else {
            try {
                failure =
                        spec.replacement().needsFuture()
                                ? runAsOne(machine, trace, mostForeseen, progress)
                                : runInBlocks(machine, trace, progress);
            } catch (IOException e) {
                failure = e.getMessage();
            }
        }
        return new Row(spec, machine.counters(), failure);
    }

    private static @Nullable String runInBlocks(
            Machine machine, StoredTrace trace, Progress progress) throws IOException {
        TraceReader reader = trace.reader();
        AccessBlock block = new AccessBlock(machine.spec(), BLOCK);
        Command access = new Command.Access(1, block, false);
        String failure = null;
        while (failure == null && reader.read(block)) {
            failure = issue(machine, access, progress);
            block.clear();
        }
        return failure;
    }

    private static @Nullable String runAsOne(
            Machine machine, StoredTrace trace, int most, Progress progress) throws IOException {
        AccessBlock all = new AccessBlock(machine.spec(), BLOCK);
        AccessBlock block = new AccessBlock(machine.spec(), BLOCK);
        TraceReader reader = trace.reader();
        while (reader.read(block)) {
            progress.hold(COPIES * block.hostBytes());
            all.append(block);
            block.clear();
            if (all.count() > most) {
                return "the policy has to know the whole trace, and at most "
                        + most
                        + " accesses are held; this one has more";
            }
        }
        return issue(machine, new Command.Access(1, all, false), progress);
    }

    private static @Nullable String issue(Machine machine, Command access, Progress progress) {
        Portions portions = machine.portions(access);
        long before = machine.counters().get(Counter.ACCESSES);
        while (!portions.isDone()) {
            portions.next();
            long made = machine.counters().get(Counter.ACCESSES);
            progress.advance(made - before);
            before = made;
        }
        if (portions.outcome() instanceof Outcome.Accessed accessed && accessed.stopped() == null) {
            return null;
        }
        return "the process was ended by a signal at access "
                + machine.counters().get(Counter.ACCESSES);
    }

    /**
     * Pairs of runs that differ only in their frames, where more frames have more faults.
     *
     * @param most the most pairs returned
     */
    public static List<Anomaly> anomalies(List<Row> rows, int most) {
        List<Anomaly> found = new ArrayList<>();
        for (Row fewer : rows) {
            for (Row more : rows) {
                if (found.size() == most) {
                    return found;
                }
                if (more.spec().frames() > fewer.spec().frames()
                        && more.failure() == null
                        && fewer.failure() == null
                        && faults(more) > faults(fewer)
                        && more.spec().replacement().equals(fewer.spec().replacement())
                        && more.spec().tlb().equals(fewer.spec().tlb())) {
                    found.add(new Anomaly(fewer, more));
                }
            }
        }
        return found;
    }

    private static long faults(Row row) {
        return row.counters().get(Counter.PAGE_FAULTS);
    }
}

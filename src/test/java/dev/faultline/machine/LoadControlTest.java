package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.tables.Pressure;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;

/** Keeping processes out of memory, and what want of memory costs. */
class LoadControlTest {

    private static final long PAGE = 64;

    private static final SpecValues DISK_ONLY =
            SpecValues.of(Costs.MEMORY_REFERENCE, 1)
                    .with(Costs.SWAP_IN, 200)
                    .with(Costs.SWAP_OUT, 200)
                    .with(Costs.FILE_IN, 0)
                    .with(Costs.FILE_OUT, 0)
                    .with(Costs.CONTEXT_SWITCH, 1);

    /** Where everything costs something, so that nothing is done in no time. */
    private static final SpecValues EVERYTHING =
            SpecValues.of(Costs.MEMORY_REFERENCE, 1)
                    .with(Costs.TLB_LOOKUP, 1)
                    .with(Costs.TRAP, 2)
                    .with(Costs.ZERO_FILL, 2)
                    .with(Costs.PAGE_COPY, 2)
                    .with(Costs.SWAP_IN, 200)
                    .with(Costs.SWAP_OUT, 200)
                    .with(Costs.FILE_IN, 0)
                    .with(Costs.FILE_OUT, 0)
                    .with(Costs.CONTEXT_SWITCH, 1)
                    .with(Costs.SHOOTDOWN, 1)
                    .with(Costs.SEEK, 50)
                    .with(Costs.MAP, 1)
                    .with(Costs.UNMAP, 1)
                    .with(Costs.SIGNAL, 1)
                    .with(Costs.EXIT, 3);

    private static MachineSpec spec(
            int frames, long cpus, PagingSpec.LoadControl.Kind kind, long patience) {
        return spec(frames, cpus, kind, patience, DISK_ONLY);
    }

    private static MachineSpec spec(
            int frames,
            long cpus,
            PagingSpec.LoadControl.Kind kind,
            long patience,
            SpecValues costs) {
        SpecValues paging =
                SpecValues.of(PagingSpec.LoadControl.KIND, kind)
                        .with(PagingSpec.LoadControl.WINDOW, 200)
                        .with(PagingSpec.LoadControl.HIGH, 50)
                        .with(PagingSpec.LoadControl.LOW, 10)
                        .with(PagingSpec.LoadControl.PATIENCE, patience);
        return MachineSpec.of(
                Specs.small("lru", frames, costs, cpus, 500L).with(paging), Specs.BOUNDS);
    }

    /** Processes that each go round so many pages. */
    private static Machine loops(MachineSpec spec, int processes, int pages, int accesses) {
        Machine machine = new Machine(spec, new StrictRoom());
        for (int pid = 1; pid <= processes; pid++) {
            machine.apply(Specs.process(spec));
            AccessBlock block = new AccessBlock(spec, accesses);
            SplittableRandom random = new SplittableRandom(pid);
            for (int i = 0; i < accesses; i++) {
                block.add(
                        random.nextInt(4) == 0 ? Op.WRITE : Op.READ, random.nextInt(pages) * PAGE);
            }
            machine.apply(new Command.GiveProgram(pid, RecordedProgram.of(block), 0));
        }
        return machine;
    }

    private static Outcome.Ran run(Machine machine) {
        return (Outcome.Ran) machine.apply(new Command.Run(null, null, null, 0));
    }

    /** One access costs 200 ticks of the disk, so that a patience of less is over at once. */
    @Seeds(
            value = 60,
            strings = {"WORKING_SET", "PAGE_FAULT_FREQUENCY"})
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyProcessMakesProgressHoweverShortThePatience(String kind, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int processes = random.nextInt(2, 5);
        int accesses = random.nextInt(1, 200);
        MachineSpec spec =
                spec(
                        random.nextInt(2, 12),
                        random.nextInt(1, 3),
                        PagingSpec.LoadControl.Kind.valueOf(kind),
                        1L << random.nextInt(10),
                        random.nextBoolean() ? DISK_ONLY : EVERYTHING);
        Machine machine = loops(spec, processes, random.nextInt(1, 16), accesses);
        assertThat(run(machine).why()).isEqualTo(Outcome.RunEnd.DONE);
        assertThat(machine.counter(Counter.ACCESSES)).isEqualTo((long) processes * accesses);
    }

    @ParameterizedTest
    @EnumSource(
            value = PagingSpec.LoadControl.Kind.class,
            names = {"WORKING_SET", "PAGE_FAULT_FREQUENCY"})
    void theSameWorkIsDoneSooner(PagingSpec.LoadControl.Kind kind) {
        // four processes of 12 pages thrash in 24 frames, where two of them fit
        Machine without =
                loops(spec(24, 1, PagingSpec.LoadControl.Kind.NONE, 1 << 20), 4, 12, 6000);
        Machine with = loops(spec(24, 1, kind, 200_000), 4, 12, 6000);
        long thrashing = run(without).schedule().ticks();
        Outcome.Ran controlled = run(with);
        assertThat(controlled.why()).isEqualTo(Outcome.RunEnd.DONE);
        assertThat(controlled.finished()).containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(with.counters().get(Counter.ACCESSES))
                .isEqualTo(without.counters().get(Counter.ACCESSES));
        assertThat(with.counters().get(Counter.PUT_OUT)).isPositive();
        assertThat(5 * controlled.schedule().ticks()).isLessThan(4 * thrashing);
        Laws.check(with);
    }

    /** What a process that is put out takes with it is counted, and nothing else as that. */
    @Test
    void whatLeavesWithAProcessIsCounted() {
        Machine machine =
                loops(spec(24, 1, PagingSpec.LoadControl.Kind.WORKING_SET, 200_000), 4, 12, 6000);
        run(machine);
        assertThat(machine.counters().get(Counter.PROCESS_EVICTIONS)).isPositive();
        Laws.check(machine); // the causes add up to all evictions
        Machine without = loops(spec(24, 1, PagingSpec.LoadControl.Kind.NONE, 200_000), 4, 12, 600);
        run(without);
        assertThat(without.counters().get(Counter.PROCESS_EVICTIONS)).isZero();
    }

    /** What fits is left alone. */
    @Test
    void nobodyIsPutOutWithoutNeed() {
        Machine machine =
                loops(spec(64, 1, PagingSpec.LoadControl.Kind.WORKING_SET, 1000), 4, 12, 3000);
        run(machine);
        assertThat(machine.counters().get(Counter.PUT_OUT)).isZero();
    }

    /** The room of a process that a client ends is there for who is out, at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whoHasEndedCountsNoMore(int pid) {
        Machine machine =
                loops(
                        spec(40, 1, PagingSpec.LoadControl.Kind.WORKING_SET, 1L << 40),
                        4,
                        12,
                        20_000);
        machine.apply(new Command.Run(null, 12_000L, null, 0));
        long before = accesses(machine, 4);
        machine.apply(new Command.Run(null, 3_000L, null, 0));
        assertThat(accesses(machine, 4)).isEqualTo(before); // it came in last, and is out
        machine.apply(new Command.Exit(pid));
        machine.apply(new Command.Run(null, 9_000L, null, 0));
        assertThat(accesses(machine, 4)).isGreaterThan(before + 2_000);
        Laws.check(machine);
    }

    private static long accesses(Machine machine, int pid) {
        return machine.inspect().process(pid).orElseThrow().counters().get(Counter.ACCESSES);
    }

    /** Who is out comes back after a time, though the others never end. */
    @Test
    void nobodyIsKeptOutForEver() {
        Machine machine =
                loops(spec(24, 1, PagingSpec.LoadControl.Kind.WORKING_SET, 20_000), 4, 12, 60_000);
        machine.apply(new Command.Run(400_000L, null, null, 0));
        for (int pid = 1; pid <= 4; pid++) {
            assertThat(accesses(machine, pid)).as("process %d", pid).isGreaterThan(5_000);
        }
    }

    /** In pieces, saved and restored, or in one: the same state. */
    @ParameterizedTest
    @EnumSource(PagingSpec.LoadControl.Kind.class)
    void inPiecesOrInOne(PagingSpec.LoadControl.Kind kind) {
        for (int cpus = 1; cpus <= 2; cpus++) {
            SplittableRandom random = new SplittableRandom(cpus);
            MachineSpec spec = spec(20, cpus, kind, 10_000, EVERYTHING);
            Machine whole = loops(spec, 4, 10, 1500);
            Outcome.Ran ran = run(whole);
            long all = cpus * ran.schedule().ticks();
            assertThat(ran.schedule().cpuTicks() + ran.schedule().idleTicks()).isEqualTo(all);
            assertThat(ran.schedule().fullTicks()).isLessThanOrEqualTo(ran.schedule().someTicks());
            assertThat(ran.schedule().someTicks()).isLessThanOrEqualTo(ran.schedule().ticks());
            Machine pieces = loops(spec, 4, 10, 1500);
            Outcome.RunEnd end;
            do {
                Command.Run until =
                        random.nextBoolean()
                                ? new Command.Run(null, 1L + random.nextInt(200), null, 0)
                                : new Command.Run(1L + random.nextInt(900), null, null, 0);
                end = ((Outcome.Ran) pieces.apply(until)).why();
                pieces = Machine.restore(spec, pieces.save(), pieces.programs());
            } while (end != Outcome.RunEnd.DONE);
            Laws.check(pieces);
            assertThat(pieces.digest()).isEqualTo(whole.digest());
        }
    }

    /** The meter against the definition: the distinct pages of the last accesses. */
    @Seeds(40)
    void theWorkingSetIsThatOfTheDefinition(long seed) {
        MachineSpec spec = spec(8, 1, PagingSpec.LoadControl.Kind.WORKING_SET, 1 << 20);
        SplittableRandom random = new SplittableRandom(seed);
        Machine machine = Specs.withProcess(spec);
        Deque<Integer> last = new ArrayDeque<>();
        List<Integer> pages = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            pages.add(random.nextInt(4) > 0 && i > 0 ? pages.getLast() : random.nextInt(60));
        }
        for (int page : pages) {
            Specs.readPages(machine, 1, page);
            last.addLast(page);
            if (last.size() > 200) {
                last.removeFirst();
            }
            assertThat(machine.workingSet(1)).isEqualTo(new HashSet<>(last).size());
        }
    }

    /** With one processor, all its idle time is time in which everybody waits for a page. */
    @Test
    void fullPressureIsIdleTime() {
        Machine machine =
                loops(
                        spec(10, 1, PagingSpec.LoadControl.Kind.NONE, 1 << 20, EVERYTHING),
                        3,
                        12,
                        2000);
        Outcome.Schedule schedule = run(machine).schedule();
        assertThat(schedule.fullTicks()).isEqualTo(schedule.idleTicks());
        assertThat(schedule.someTicks()).isGreaterThan(schedule.fullTicks());
    }

    /** Spans of time, in any order that clocks can come in, against a tick by tick count. */
    @Seeds(300)
    void pressureIsCountedTickByTick(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Pressure pressure = new Pressure();
        boolean[] stalled = new boolean[2000];
        boolean[] worked = new boolean[2000];
        long[] clocks = new long[1 + random.nextInt(3)];
        long now = 0;
        while (now < 900) {
            int cpu = 0;
            for (int other = 1; other < clocks.length; other++) {
                cpu = clocks[other] < clocks[cpu] ? other : cpu;
            }
            long from = clocks[cpu];
            long to = from + 1 + random.nextInt(60);
            if (random.nextInt(3) > 0) {
                pressure.worked(to);
                mark(worked, from, to);
                if (random.nextBoolean()) {
                    long done = to + random.nextInt(100);
                    pressure.stalled(to, done);
                    mark(stalled, to, done);
                }
            }
            clocks[cpu] = to;
            now = clocks[0];
            for (long clock : clocks) {
                now = Math.min(now, clock);
            }
            pressure.settle(now);
        }
        long some = 0;
        long full = 0;
        for (int tick = 0; tick < now; tick++) {
            some += stalled[tick] ? 1 : 0;
            full += stalled[tick] && !worked[tick] ? 1 : 0;
        }
        assertThat(pressure.some()).isEqualTo(some);
        assertThat(pressure.full()).isEqualTo(full);
    }

    private static void mark(boolean[] ticks, long from, long to) {
        for (long tick = from; tick < to; tick++) {
            ticks[(int) tick] = true;
        }
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.BackgroundView;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.tables.Story;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

/** What is done beside pure demand paging: the page daemon, dirty limits, reading ahead. */
class BackgroundTest {

    private static final long PAGE = 64;
    private static final SpecValues COSTS =
            SpecValues.of(Costs.MEMORY_REFERENCE, 1)
                    .with(Costs.SWAP_IN, 100)
                    .with(Costs.SWAP_OUT, 100)
                    .with(Costs.FILE_IN, 100)
                    .with(Costs.FILE_OUT, 100)
                    .with(Costs.SEEK, 1000);

    private static MachineSpec spec(long frames, SpecValues paging) {
        return MachineSpec.of(
                Specs.small("lru", frames, COSTS, null, null).with(paging), Specs.BOUNDS);
    }

    private static SpecValues daemon(int min, int low, int high, int inFlight) {
        return SpecValues.of(PagingSpec.MIN, min)
                .with(PagingSpec.LOW, low)
                .with(PagingSpec.HIGH, high)
                .with(PagingSpec.IN_FLIGHT, inFlight);
    }

    private static SpecValues ahead(int swap, int file, int stride) {
        return SpecValues.of(PagingSpec.ReadAhead.SWAP, swap)
                .with(PagingSpec.ReadAhead.FILE, file)
                .with(PagingSpec.ReadAhead.STRIDE, stride);
    }

    private static SpecValues dirty(int background, int limit) {
        return SpecValues.of(PagingSpec.DIRTY_BACKGROUND, background)
                .with(PagingSpec.DIRTY_LIMIT, limit);
    }

    /** Accesses one by one; a negative page is written. Answers the ticks of the last. */
    private static long play(Machine machine, int... pages) {
        long before = 0;
        for (int page : pages) {
            before = machine.counters().get(Counter.TICKS);
            AccessBlock block = new AccessBlock(machine.spec(), 1);
            block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * PAGE);
            machine.apply(new Command.Access(1, block, false));
            Laws.check(machine);
        }
        return machine.counters().get(Counter.TICKS) - before;
    }

    private static long counted(Machine machine, Counter counter) {
        return machine.counters().get(counter);
    }

    @Test
    void theDaemonKeepsFramesFree() {
        Machine machine = Specs.withProcess(spec(10, daemon(0, 2, 4, 8)));
        play(machine, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(counted(machine, Counter.DAEMON_WAKES)).isZero();
        assertThat(machine.parts().frames().freeCount()).isEqualTo(2);
        play(machine, 9);
        assertThat(counted(machine, Counter.DAEMON_WAKES)).isEqualTo(1);
        assertThat(machine.parts().frames().freeCount()).isEqualTo(4);
        assertThat(counted(machine, Counter.DAEMON_EVICTIONS)).isEqualTo(3);
        assertThat(counted(machine, Counter.DIRECT_RECLAIMS)).isZero();
    }

    /** Nobody waits for the daemon's writes but who needs the disk before they are done. */
    @Test
    void itsWritesOverlapWithComputing() {
        Machine alone = Specs.withProcess(spec(4, SpecValues.EMPTY));
        long waited = play(alone, -1, -2, -3, -4, 5);
        assertThat(waited).isEqualTo(2 + 1 + 1000 + 100);

        Machine machine = Specs.withProcess(spec(4, daemon(0, 1, 2, 8)));
        play(machine, -1, -2, -3, -4);
        assertThat(counted(machine, Counter.SWAP_OUTS)).isEqualTo(2);
        assertThat(counted(machine, Counter.STORE_TICKS)).isZero();
        // two neighbours: one seek
        assertThat(counted(machine, Counter.BACKGROUND_DISK)).isEqualTo(1000 + 2 * 100);
        long fault = play(machine, 5);
        assertThat(fault).isLessThan(10);
        // page 1 is in the store, behind the daemon's writes
        play(machine, 1);
        assertThat(counted(machine, Counter.DISK_WAIT_TICKS)).isBetween(1100L, 1200L);
        assertThat(counted(machine, Counter.STORE_TICKS)).isEqualTo(1100);
    }

    /** With few writes under way at once the pool runs dry, and who needs a frame frees one. */
    @Test
    void directReclaimWhenThePoolIsEmpty() {
        Machine machine = Specs.withProcess(spec(6, daemon(1, 2, 3, 1)));
        play(machine, -1, -2, -3, -4, -5, -6, -7, -8, -9);
        assertThat(counted(machine, Counter.DIRECT_RECLAIMS)).isPositive();
        assertThat(counted(machine, Counter.DAEMON_EVICTIONS)).isPositive();
        assertThat(machine.parts().frames().freeCount()).isPositive();
    }

    @Test
    void dirtyPagesAreCleanedAndStay() {
        Machine machine = Specs.withProcess(spec(10, dirty(20, 100)));
        play(machine, -1, -2, -3, -4);
        assertThat(counted(machine, Counter.CLEANED)).isEqualTo(2);
        assertThat(machine.parts().frames().written().size()).isEqualTo(2);
        assertThat(counted(machine, Counter.STORE_TICKS)).isZero();
        assertThat(Objects.requireNonNull(machine.taskOrNull(1)).residentPages()).isEqualTo(4);
        // the page that was written first is clean: a new write gives its slot up
        long slots = machine.parts().swap().used();
        play(machine, -1);
        assertThat(machine.parts().swap().used()).isEqualTo((int) slots);
        assertThat(counted(machine, Counter.CLEANED)).isEqualTo(3);
    }

    @Test
    void aWriterWaitsWhereTooManyAreDirty() {
        Machine machine = Specs.withProcess(spec(10, dirty(100, 20)));
        play(machine, -1, -2);
        assertThat(play(machine, -3)).isGreaterThan(1000);
        assertThat(counted(machine, Counter.THROTTLED)).isEqualTo(1);
        assertThat(machine.parts().frames().written().size()).isEqualTo(2);
    }

    @Test
    void neighboursAreReadAhead() {
        Machine machine = Specs.withProcess(spec(8, ahead(4, 1, 0)));
        play(machine, -1, -2, -3, -4, -5, -6, -7, -8, 11, 12, 13, 14, 15, 16, 17, 18);
        long major = counted(machine, Counter.MAJOR_FAULTS);
        play(machine, 1);
        assertThat(counted(machine, Counter.PREFETCHES)).isEqualTo(3);
        // 1 is read, and behind it 2, 3 and 4 without looking for their places
        assertThat(counted(machine, Counter.BACKGROUND_DISK)).isEqualTo(3 * 100);
        play(machine, 2, 3, 4);
        assertThat(counted(machine, Counter.MAJOR_FAULTS)).isEqualTo(major + 1);
        assertThat(counted(machine, Counter.PREFETCH_HITS)).isEqualTo(3);
    }

    /** A page that was read ahead and leaves before anybody asks for it was read for nothing. */
    @Test
    void whatWasReadForNothingIsCounted() {
        Machine machine = Specs.withProcess(spec(8, ahead(4, 1, 0)));
        play(machine, -1, -2, -3, -4, -5, -6, -7, -8, 11, 12, 13, 14, 15, 16, 17, 18);
        play(machine, 1, 2); // with 1 come 2, 3 and 4
        assertThat(counted(machine, Counter.PREFETCHES_WASTED)).isZero();
        play(machine, 21, 22, 23, 24, 25, 26, 27, 28);
        assertThat(counted(machine, Counter.PREFETCHES)).isEqualTo(3);
        assertThat(counted(machine, Counter.PREFETCH_HITS)).isEqualTo(1);
        assertThat(counted(machine, Counter.PREFETCHES_WASTED)).isEqualTo(2);
    }

    /** What was read ahead goes with its process. */
    @Test
    void whatIsStillAheadAtTheEndIsWastedToo() {
        Machine machine = Specs.withProcess(spec(8, ahead(4, 1, 0)));
        play(machine, -1, -2, -3, -4, -5, -6, -7, -8, 11, 12, 13, 14, 15, 16, 17, 18, 1);
        machine.apply(new Command.Exit(1));
        Laws.check(machine);
        assertThat(counted(machine, Counter.PREFETCHES_WASTED)).isEqualTo(3);
    }

    /** The daemon is awake only while it has frames to free. */
    @Test
    void theDaemonSleepsOnceEnoughIsFree() {
        Machine machine = Specs.withProcess(spec(10, daemon(0, 2, 4, 1)));
        MachineSpec spec = machine.spec();
        for (int page = 1; page <= 60; page++) {
            play(machine, page % 3 == 0 ? page : -page);
            BackgroundView now = machine.inspect().time().background();
            assertThat(now.awake() && now.freeFrames() >= 4).as("page %d", page).isFalse();
        }
        machine.apply(Specs.process(spec));
        machine.apply(new Command.Exit(1));
        assertThat(machine.inspect().time().background().awake()).isFalse();
    }

    /** What one command leaves to the disk is told to it at once: a copy goes on the same. */
    @Test
    void nothingThatIsWantedIsForgotten() {
        MachineSpec spec = spec(8, ahead(4, 1, 2));
        Machine machine = Specs.withProcess(spec);
        play(machine, -1, -2, -3, -4, -5, -6, -7, -8, 11, 12, 13, 14, 15, 16, 17, 18);
        machine.apply(new Command.Lock(1, PAGE, 3 * PAGE, true)); // reads 1, and 2 and 3 ahead
        assertThat(counted(machine, Counter.PREFETCHES)).isPositive();
        Machine copy = Machine.restore(spec, machine.save());
        assertThat(play(copy, 31, 5)).isEqualTo(play(machine, 31, 5));
        assertThat(copy.digest()).isEqualTo(machine.digest());
    }

    @Test
    void aStrideIsFollowed() {
        Machine machine = Specs.withProcess(spec(10, ahead(1, 1, 2)));
        for (int page = 1; page <= 40; page++) {
            play(machine, -page);
        }
        play(machine, 1, 4, 7);
        assertThat(counted(machine, Counter.PREFETCHES)).isEqualTo(2);
        long major = counted(machine, Counter.MAJOR_FAULTS);
        play(machine, 10, 13, 16, 19);
        assertThat(counted(machine, Counter.MAJOR_FAULTS)).isEqualTo(major);
        assertThat(counted(machine, Counter.PREFETCH_HITS)).isEqualTo(4);
    }

    /** Slots and the pages of files are neighbours of their own kind only. */
    @Test
    void oneSeekIsForNeighboursOnly() {
        MachineSpec spec = spec(4, SpecValues.EMPTY);
        Accounting accounting = new Accounting(1, new Story(spec));
        Disk disk = new Disk(spec, accounting);
        Task task = Objects.requireNonNull(Specs.withProcess(spec).taskOrNull(1));
        disk.background(Disk.ANYWHERE);
        disk.swapOut(task, 4);
        disk.swapOut(task, 5);
        assertThat(accounting.total().get(Counter.BACKGROUND_DISK)).isEqualTo(1000 + 2 * 100);
        disk.fileOut(task, 0, 6);
        disk.fileOut(task, 0, 7);
        assertThat(accounting.total().get(Counter.BACKGROUND_DISK)).isEqualTo(2 * 1000 + 4 * 100);
        disk.fileOut(task, 1, 8);
        assertThat(accounting.total().get(Counter.BACKGROUND_DISK)).isEqualTo(3 * 1000 + 5 * 100);
    }

    /** All of it at once, on random strings: the laws hold, and nothing that was stored is lost. */
    @Seeds(
            value = 150,
            ints = {0, 1})
    void bytesSurviveWhateverIsDoneInTheBackground(int pieces, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int frames = 6 + random.nextInt(12);
        int high = random.nextInt(4);
        int low = random.nextInt(high + 1);
        int background = random.nextBoolean() ? 100 : 10 + random.nextInt(60);
        SpecValues paging =
                SpecValues.of(PagingSpec.MIN, random.nextInt(low + 1))
                        .with(PagingSpec.LOW, low)
                        .with(PagingSpec.HIGH, high)
                        .with(PagingSpec.IN_FLIGHT, 1 + random.nextInt(4))
                        .with(PagingSpec.DIRTY_BACKGROUND, background)
                        .with(
                                PagingSpec.DIRTY_LIMIT,
                                random.nextBoolean() || background == 100 ? 100 : background + 10)
                        .with(PagingSpec.ReadAhead.SWAP, 1 + random.nextInt(6))
                        .with(PagingSpec.ReadAhead.FILE, 1)
                        .with(PagingSpec.ReadAhead.STRIDE, random.nextInt(4));
        MachineSpec spec = spec(frames, paging);
        Machine machine = Specs.withProcess(spec);
        machine.apply(Specs.process(spec));
        byte[][] stored = new byte[3][30];
        for (int i = 0; i < 300; i++) {
            int pid = 1 + random.nextInt(2);
            int page = random.nextInt(30);
            if (random.nextInt(3) == 0) {
                byte value = (byte) (1 + random.nextInt(100));
                stored[pid][page] = value;
                Specs.access(machine, pid, Op.WRITE, page * PAGE, 1, (long) value);
            } else {
                Outcome.Accessed read = Specs.access(machine, pid, Op.READ, page * PAGE, 1, null);
                assertThat(read.results().getFirst().value())
                        .as("step %d", i)
                        .isEqualTo((long) stored[pid][page]);
            }
            Laws.check(machine);
            if (pieces > 0 && i % 50 == 49) {
                String digest = machine.digest();
                machine = Machine.restore(spec, machine.save());
                assertThat(machine.digest()).isEqualTo(digest);
            }
        }
        machine.apply(new Command.Exit(1));
        machine.apply(new Command.Exit(2));
        Laws.check(machine);
        assertThat(machine.parts().frames().freeCount()).isEqualTo(frames);
        assertThat(machine.parts().swap().used()).isZero();
        long sum = 0;
        for (Counter on : Counter.breakdown()) {
            sum += machine.counters().get(on);
        }
        assertThat(sum).isEqualTo(counted(machine, Counter.TICKS));
    }

    /** Runs of programs, in pieces or in one: the same in the end. */
    @Seeds(60)
    void runsInPiecesOrInOne(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SpecValues paging =
                SpecValues.of(PagingSpec.MIN, 1)
                        .with(PagingSpec.LOW, 2)
                        .with(PagingSpec.HIGH, 4)
                        .with(PagingSpec.IN_FLIGHT, 2)
                        .with(PagingSpec.DIRTY_BACKGROUND, 50)
                        .with(PagingSpec.DIRTY_LIMIT, 80)
                        .with(PagingSpec.ReadAhead.SWAP, 3)
                        .with(PagingSpec.ReadAhead.FILE, 1)
                        .with(PagingSpec.ReadAhead.STRIDE, 2);
        MachineSpec spec = spec(12, paging);
        Machine whole = withPrograms(spec, seed);
        whole.apply(new Command.Run(null, null, null, 0));
        Laws.check(whole);
        Machine pieces = withPrograms(spec, seed);
        Outcome.RunEnd end;
        do {
            end =
                    ((Outcome.Ran)
                                    pieces.apply(
                                            random.nextBoolean()
                                                    ? new Command.Run(
                                                            null, 1L + random.nextInt(90), null, 0)
                                                    : new Command.Run(
                                                            1L + random.nextInt(900),
                                                            null,
                                                            null,
                                                            0)))
                            .why();
            Laws.check(pieces);
            pieces = Machine.restore(spec, pieces.save(), pieces.programs());
        } while (end != Outcome.RunEnd.DONE);
        assertThat(pieces.digest()).isEqualTo(whole.digest());
    }

    private static Machine withPrograms(MachineSpec spec, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Machine machine = new Machine(spec, new StrictRoom());
        for (int pid = 1; pid <= 3; pid++) {
            machine.apply(Specs.process(spec));
            int[] pages = random.ints(150, 1, 12).toArray();
            AccessBlock block = new AccessBlock(spec, pages.length);
            Arrays.stream(pages)
                    .forEach(
                            page ->
                                    block.add(
                                            random.nextInt(3) == 0 ? Op.WRITE : Op.READ,
                                            page * PAGE));
            machine.apply(new Command.GiveProgram(pid, RecordedProgram.of(block), 1));
        }
        return machine;
    }
}

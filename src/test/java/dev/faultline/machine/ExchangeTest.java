package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.SwapSpace;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Row P10, "not if always keep one page frame free": as many pages as there are slots and frames
 * but one can be used in any order, and none is lost.
 */
class ExchangeTest {

    private static final int STEPS = 300;

    @Seeds(
            value = 100,
            strings = {"fifo", "lru", "clock"})
    void noPageIsLostWhenEverySlotIsTaken(String policy, long seed) {
        Random random = new Random(seed);
        int frames = 2 + random.nextInt(4);
        int slots = 1 + random.nextInt(4);
        int pages = frames - 1 + slots;
        Machine machine = Specs.withProcess(spec(policy, frames, slots));
        long[] model = new long[pages];
        for (int page = 0; page < pages; page++) {
            model[page] = 1L + page;
            access(machine, Op.WRITE, page, model[page]);
        }
        for (int step = 0; step < STEPS; step++) {
            int page = random.nextInt(pages);
            if (random.nextInt(4) == 0) {
                model[page] = 1L + random.nextInt(255);
                access(machine, Op.WRITE, page, model[page]);
            } else {
                assertThat(access(machine, Op.READ, page, 0))
                        .as("step %d, page %d", step, page)
                        .isEqualTo(model[page]);
            }
            assertThat(machine.parts().frames().freeCount()).isPositive();
            Laws.check(machine);
        }
    }

    private static long access(Machine machine, int op, int page, long value) {
        Long stored = op == Op.WRITE ? value : null;
        Outcome.Accessed accessed =
                Specs.access(machine, 1, op, page * machine.spec().pageSize(), 1, stored);
        assertThat(accessed.stopped()).isNull();
        return Objects.requireNonNull(accessed.results().getFirst().value());
    }

    private static MachineSpec spec(String policy, int frames, int slots) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 11)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(TlbSpec.ENTRIES, 4)
                        .with(TlbSpec.WAYS, 2)
                        .with(TlbSpec.TAGGED, true)
                        .with(PolicySpec.POLICY, policy)
                        .with(SwapSpec.SLOTS, slots)
                        .with(SwapSpec.SPARE_FRAME, true)
                        .with(SwapSpec.OUT_OF_MEMORY, SwapSpec.OutOfMemory.SIGNAL),
                Specs.BOUNDS);
    }

    /** Four pages fit into three frames, of which one stays free, and two slots. */
    @Test
    void aForkedPageIsCopiedThroughTheSpareFrame() {
        Machine machine = spare(3, 2);
        touch(machine, 1, Op.WRITE, 16);
        machine.apply(new Command.Fork(1));
        touch(machine, 2, Op.WRITE, 18);
        touch(machine, 1, Op.WRITE, 18);
        touch(machine, 1, Op.READ, 16);
        Outcome.Accessed copied = touch(machine, 2, Op.WRITE, 16);
        assertThat(copied.stopped()).isNull();
        assertThat(machine.inspect().frames().freeFrames()).isEqualTo(1);
        Laws.check(machine);
    }

    /** The spare frame is free after every command, and memory runs out only when it is full. */
    @Seeds(400)
    void oneFrameIsAlwaysFree(long seed) {
        playWithASpareFrame(seed);
    }

    @Test
    void memoryRunsOutInSomeOfTheseGames() {
        assertThat(LongStream.range(0, 20).map(ExchangeTest::playWithASpareFrame).sum())
                .isPositive();
    }

    /** Answers how often memory ran out. */
    private static long playWithASpareFrame(long seed) {
        long signals = 0;
        SplittableRandom random = new SplittableRandom(seed);
        int frames = 2 + random.nextInt(4);
        int slots = random.nextInt(6);
        Machine machine = spare(frames, slots);
        for (int step = 0; step < 60; step++) {
            int pid = 1 + random.nextInt(machine.inspect().processCount());
            if (random.nextInt(12) == 0) {
                machine.apply(new Command.Fork(pid));
                continue;
            }
            int held = held(machine);
            AccessBlock block = block(machine, random.nextInt(2), random.nextInt(9));
            Outcome outcome = machine.apply(new Command.Access(pid, block, true));
            if (outcome instanceof Outcome.Accessed accessed && accessed.stopped() != null) {
                assertThat(held).isEqualTo(frames - 1 + slots);
                signals++;
            }
            assertThat(machine.inspect().frames().freeFrames()).isPositive();
            Laws.check(machine);
        }
        return signals;
    }

    /** Pages that are somewhere: in a frame, or in a slot alone. */
    private static int held(Machine machine) {
        SwapSpace swap = machine.parts().swap();
        int held =
                machine.inspect().frames().frameCount() - machine.inspect().frames().freeFrames();
        for (int slot = swap.nextUsed(0); slot >= 0; slot = swap.nextUsed(slot + 1)) {
            held += swap.frame(slot) == SwapSpace.NONE ? 1 : 0;
        }
        return held;
    }

    private static Machine spare(long frames, long slots) {
        MachineSpec spec =
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, 64)
                                .with(MachineSpec.FRAMES, frames)
                                .with(MachineSpec.ADDRESS_BITS, 12)
                                .with(Translation.KIND, Translation.Kind.LINEAR)
                                .withNo(TlbSpec.SECTION)
                                .with(PolicySpec.POLICY, "clock")
                                .with(SwapSpec.SLOTS, slots)
                                .with(SwapSpec.SPARE_FRAME, true)
                                .with(SwapSpec.OUT_OF_MEMORY, SwapSpec.OutOfMemory.KILL),
                        Specs.BOUNDS);
        return Specs.withProcess(spec);
    }

    private static AccessBlock block(Machine machine, int op, long page) {
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(op, page * 64);
        return block;
    }

    private static Outcome.Accessed touch(Machine machine, int pid, int op, long page) {
        return (Outcome.Accessed)
                machine.apply(new Command.Access(pid, block(machine, op, page), true));
    }
}

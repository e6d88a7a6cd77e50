package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Objects;

/** Are the bytes in the frames and the slots, and nowhere else? */
class RealBytesTest {

    private static final long SECRET = 0x5EC2E7;

    /** Writes a page, lets others push it out of two frames, and reads it back. */
    private static long writtenThenReadBack(Machine machine) {
        machine.apply(Specs.process(machine.spec()));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, SECRET);
        Specs.readPages(machine, 1, 2, 3, 4);
        return value(Specs.access(machine, 1, Op.READ, 0x1000, 8, null));
    }

    private static long value(Outcome.Accessed accessed) {
        return Objects.requireNonNull(accessed.results().getFirst().value());
    }

    @Test
    void bytesComeBackThroughTheStore() {
        assertThat(writtenThenReadBack(new Machine(Specs.of("fifo", 2)))).isEqualTo(SECRET);
    }

    @Test
    void aCorruptedSlotIsSeen() {
        Machine machine = Specs.withProcess(Specs.of("fifo", 2));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, SECRET);
        Specs.readPages(machine, 1, 2, 3, 4);
        int slot = Objects.requireNonNull(machine.inspect().pages(1, 1, 2).getFirst().swapSlot());
        machine.parts().store().write(slot, 0, 1, 0xFF);
        assertThat(value(Specs.access(machine, 1, Op.READ, 0x1000, 8, null)))
                .isEqualTo(SECRET & ~0xFFL | 0xFF);
    }

    @Test
    void aKernelThatForgetsToWriteBackLosesData() {
        MachineSpec spec = Specs.of("fifo", 2);
        HostBudget budget = new HostBudget(1 << 20);
        BackingStore forgetful =
                new BackingStore(spec.pageSize(), budget) {
                    @Override
                    public void writePage(int slot, @Nullable PageBytes bytes) {
                        super.writePage(slot, null);
                    }
                };
        PhysicalMemory memory = new PhysicalMemory(spec.frames(), spec.pageSize(), budget);
        Machine machine = new Machine(new Parts(spec, memory, forgetful, budget));
        assertThat(writtenThenReadBack(machine)).isZero();
    }

    @Test
    void aNewPageShowsNothingOfTheFramesLastOwner() {
        assertThat(leaked(new Machine(Specs.of("fifo", 1)))).isZero();
    }

    @Test
    void aKernelThatForgetsToZeroLeaks() {
        MachineSpec spec = Specs.of("fifo", 1);
        HostBudget budget = new HostBudget(1 << 20);
        PhysicalMemory dirty =
                new PhysicalMemory(spec.frames(), spec.pageSize(), budget) {
                    @Override
                    public void zero(int frame) {}
                };
        BackingStore store = new BackingStore(spec.pageSize(), budget);
        assertThat(leaked(new Machine(new Parts(spec, dirty, store, budget)))).isEqualTo(SECRET);
    }

    /** What a second process finds in a fresh page, after the first wrote and ended. */
    private static long leaked(Machine machine) {
        machine.apply(Specs.process(machine.spec()));
        Specs.access(machine, 1, Op.WRITE, 0x1000, 8, SECRET);
        machine.apply(new Command.Exit(1));
        machine.apply(Specs.process(machine.spec()));
        return value(Specs.access(machine, 2, Op.READ, 0x1000, 8, null));
    }

    @Test
    void pagesWithoutStoredBytesCostNone() {
        Machine machine = Specs.withProcess(Specs.of("lru", 1024));
        AccessBlock block = new AccessBlock(machine.spec(), 1024);
        for (int page = 0; page < 1024; page++) {
            block.add(Op.WRITE, page * 4096L);
        }
        machine.apply(new Command.Access(1, block, false));
        assertThat(machine.parts().content().used()).isZero();
    }

    @Test
    void sparseSpacesCostLittleWhateverTheTable() {
        for (Translation.Kind kind : Translation.Kind.values()) {
            if (kind.isContiguous()) {
                continue;
            }
            MachineSpec spec =
                    MachineSpec.of(
                            SpecValues.of(MachineSpec.ADDRESS_BITS, 48)
                                    .with(Translation.KIND, kind),
                            Specs.BOUNDS);
            Machine machine = Specs.withProcess(spec);
            AccessBlock block = new AccessBlock(spec, 64);
            for (long far = 1; far < 1L << 48; far <<= 1) {
                block.add(Op.READ, far);
            }
            machine.apply(new Command.Access(1, block, false));
            assertThat(machine.parts().tableMemory().used()).isLessThan(3 << 20);
        }
    }

    @Test
    void whenSwapIsFullTheAccessSaysSo() {
        MachineSpec spec = Specs.of("clock", 2, SpecValues.EMPTY, 1, null);
        Machine machine = Specs.withProcess(spec);
        Outcome.Accessed last = Specs.access(machine, 1, Op.WRITE, 0, 1, 1L);
        for (long page : new long[] {1, 2, 3}) {
            last = Specs.access(machine, 1, Op.WRITE, page * 4096, 1, 1L);
        }
        AccessResult result = last.results().getFirst();
        assertThat(Objects.requireNonNull(result.signal()).code())
                .isEqualTo(Signal.Code.BUS_ADRERR);
        assertThat(result.faults().getFirst().resolution()).isEqualTo(Fault.Resolution.SIGNAL);
        assertThat(result.faults().getFirst().why()).contains("swap is full");
        assertThat(machine.inspect().frames().freeFrames()).isEqualTo(2);
        Laws.check(machine);
    }

    private static MachineSpec roomFor(long bytes) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.FRAMES, 64)
                        .with(Limits.PROCESSES, 10)
                        .with(Limits.TABLE_BYTES, 1 << 20)
                        .with(Limits.CONTENT_BYTES, bytes)
                        .with(Limits.EVENTS, 16)
                        .with(Limits.AREAS, 100)
                        .with(Limits.STACK_BYTES, 1 << 20)
                        .with(Limits.HANDLER_TRIES, 3),
                Specs.BOUNDS);
    }

    @Test
    void storedBytesHaveALimit() {
        Machine machine = Specs.withProcess(roomFor(20_000));
        long[] pages = {0, 1, 2, 3, 4, 5, 6};
        boolean refused =
                Arrays.stream(pages)
                        .mapToObj(page -> Specs.access(machine, 1, Op.WRITE, page * 4096, 1, 9L))
                        .anyMatch(outcome -> outcome.stopped() != null);
        assertThat(refused).isTrue();
        assertThat(machine.parts().content().used()).isLessThanOrEqualTo(20_000);
    }

    /** Also the access that ends the process, and those before it in a block, are counted. */
    @Test
    void whatIsRefusedIsCounted() {
        Machine machine = Specs.withProcess(roomFor(20_000));
        AccessBlock block = new AccessBlock(machine.spec(), 16);
        for (int page = 0; page < 7; page++) {
            block.add(Op.READ, 4096L * page);
            block.addSized(Op.WRITE, 4096L * page, 1, true, 9);
        }
        Outcome.Accessed outcome =
                (Outcome.Accessed) machine.apply(new Command.Access(1, block, false));
        assertThat(outcome.stopped()).isNotNull();
        assertThat(machine.counters().get(Counter.ACCESSES)).isEqualTo(outcome.issued());
        Laws.check(machine);
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.TlbEntryView;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Pages of a few bytes, as machines on a blackboard have them: are they pages like others? */
class TinyPagesTest {

    private static SpecValues draft(
            long pageSize, SpecValues translation, @Nullable Long addressBits) {
        return SpecValues.of(MachineSpec.SEED, 1)
                .with(MachineSpec.PAGE_SIZE, pageSize)
                .with(MachineSpec.FRAMES, 8)
                .with(MachineSpec.ADDRESS_BITS, addressBits)
                .with(translation)
                .with(PolicySpec.POLICY, "fifo")
                .with(SwapSpec.SLOTS, 512);
    }

    /**
     * Every kind of machine: what is read is what was written, across pages, forks and the store.
     */
    @Seeds(
            value = 150,
            ints = {1, 2, 4, 8})
    void keepWhatIsWritten(long pageSize, long seed) {
        new Run(seed, pageSize).go();
    }

    private static final class Run {

        private final SplittableRandom random;
        private final Machine machine;
        private final Witness witness;
        private final long pageSize;
        private final Map<Integer, byte[]> live = new HashMap<>();

        Run(long seed, long pageSize) {
            random = new SplittableRandom(seed);
            this.pageSize = pageSize;
            machine = new Machine(RandomSpecs.paged(random, pageSize).next());
            witness = new Witness(machine);
        }

        void go() {
            for (int step = 0; step < 200; step++) {
                step();
                Laws.check(machine);
            }
            witness.checkClone();
            witness.checkReplay();
            List.copyOf(live.keySet()).forEach(pid -> witness.apply(new Command.Exit(pid)));
            Laws.check(machine);
        }

        private void step() {
            if (live.isEmpty()) {
                if (witness.apply(Specs.process(machine.spec())) instanceof Outcome.Made(int pid)) {
                    live.put(pid, new byte[(int) (32 * pageSize)]);
                }
                return;
            }
            int pid = List.copyOf(live.keySet()).get(random.nextInt(live.size()));
            byte[] bytes = Objects.requireNonNull(live.get(pid));
            switch (random.nextInt(20)) {
                case 0 -> {
                    Outcome made = live.size() < 3 ? witness.apply(new Command.Fork(pid)) : null;
                    if (made instanceof Outcome.Made(int child)) {
                        live.put(child, bytes.clone());
                    }
                }
                case 1 -> witness.apply(new Command.SwapOut(pid));
                case 2 -> witness.apply(Specs.tick(machine.spec(), pid));
                default -> access(pid, bytes);
            }
            live.keySet()
                    .removeIf(
                            each ->
                                    machine.inspect().process(each).orElseThrow().state()
                                            == ProcessState.TERMINATED);
        }

        private void access(int pid, byte[] bytes) {
            int size = 1 << random.nextInt(4);
            int address = random.nextInt(bytes.length - size + 1);
            boolean write = random.nextBoolean();
            Long stored = write ? Long.valueOf(random.nextLong()) : null;
            Outcome.Accessed outcome =
                    witness.access(pid, write ? Op.WRITE : Op.READ, address, size, stored);
            int done = 0;
            for (AccessResult piece : outcome.results()) {
                assertThat(piece.address()).isEqualTo(address + done);
                for (int i = 0; i < piece.size() && piece.signal() == null; i++) {
                    byte value = (byte) (Objects.requireNonNull(piece.value()) >>> 8 * i);
                    if (stored != null) {
                        bytes[address + done + i] = (byte) (stored >>> 8 * (done + i));
                    }
                    assertThat(value).isEqualTo(bytes[address + done + i]);
                }
                done += piece.size();
            }
            if (outcome.stopped() == null) {
                long pieces = (address + size - 1) / pageSize - address / pageSize + 1;
                assertThat(outcome.results()).hasSize((int) pieces);
                assertThat(done).isEqualTo(size);
            }
        }
    }

    /** Four pages of a byte, and an access of eight in them and beyond. */
    @Test
    void anAccessIsOneForEachByte() {
        MachineSpec spec =
                MachineSpec.of(
                        draft(1, SpecValues.of(Translation.KIND, Translation.Kind.LINEAR), 3L),
                        Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        Specs.access(machine, 1, Op.WRITE, 0, 8, 0x0807060504030201L);
        assertThat(machine.counters().get(Counter.WRITES)).isEqualTo(8);
        assertThat(machine.counters().get(Counter.PAGE_FAULTS)).isEqualTo(8);
        assertThat(Specs.access(machine, 1, Op.READ, 6, 2, null).results())
                .extracting(AccessResult::value)
                .containsExactly(7L, 8L);
        assertThat(machine.inspect().bytes(1, 1, 3)).hasValue(new byte[] {2, 3, 4});
    }

    @ParameterizedTest
    @EnumSource(
            value = Translation.Kind.class,
            names = {"RELOCATION", "SEGMENTATION"})
    void aWholeProcessMayBeOfThem(Translation.Kind kind) {
        MachineSpec spec =
                MachineSpec.of(draft(1, SpecValues.of(Translation.KIND, kind), 12L), Specs.BOUNDS);
        Machine machine = new Machine(spec);
        List<MemoryArea> areas = List.of(new MemoryArea(0, 5, Protection.ALL));
        machine.apply(new Command.CreateProcess("one", areas, OnSignal.CONTINUE));
        Specs.access(machine, 1, Op.WRITE, 4, 1, 9L);
        machine.apply(new Command.SwapOut(1));
        assertThat(Specs.access(machine, 1, Op.READ, 4, 1, null).results().getFirst().value())
                .isEqualTo(9);
        assertThat(Specs.access(machine, 1, Op.READ, 5, 1, null).results().getFirst().signal())
                .isNotNull();
        Laws.check(machine);
    }

    /**
     * The whole of 62 bits in pages of a byte: nothing of a page number is taken for something
     * else.
     */
    @Test
    void aPageNumberMayHaveAsManyBitsAsAnAddress() {
        for (Translation.Kind kind :
                List.of(
                        Translation.Kind.HIERARCHICAL,
                        Translation.Kind.HASHED,
                        Translation.Kind.INVERTED)) {
            MachineSpec spec =
                    MachineSpec.of(
                            draft(1, SpecValues.of(Translation.KIND, kind), 62L), Specs.BOUNDS);
            Machine machine = Specs.withProcess(spec);
            long last = (1L << 62) - 1;
            long middle = 1L << 61;
            Specs.access(machine, 1, Op.WRITE, last, 1, 1L);
            Specs.access(machine, 1, Op.WRITE, middle, 1, 2L);
            Specs.access(machine, 1, Op.WRITE, 0, 1, 3L);
            for (int again = 0; again < 2; again++) {
                assertThat(read(machine, last)).isEqualTo(1);
                assertThat(read(machine, middle)).isEqualTo(2);
                assertThat(read(machine, 0)).isEqualTo(3);
            }
            assertThat(machine.inspect().translation().entries(0, 8))
                    .extracting(TlbEntryView::page)
                    .contains(last, middle, 0L);
            Laws.check(machine);
        }
    }

    private static @Nullable Long read(Machine machine, long address) {
        return Specs.access(machine, 1, Op.READ, address, 1, null).results().getFirst().value();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 3, 12, (1L << 30) + 1, 1L << 31})
    void areAPowerOfTwoUpToAGibibyte(long pageSize) {
        assertThatThrownBy(
                        () -> MachineSpec.of(draft(pageSize, SpecValues.EMPTY, null), Specs.BOUNDS))
                .hasMessageContaining("/pageSize");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4})
    void holdNoTable(long pageSize) {
        for (Translation.Memory memory :
                List.of(Translation.Memory.FRAMES, Translation.Memory.PAGEABLE)) {
            SpecValues linear =
                    SpecValues.of(Translation.KIND, Translation.Kind.LINEAR)
                            .with(Translation.MEMORY, memory);
            assertThatThrownBy(() -> MachineSpec.of(draft(pageSize, linear, 6L), Specs.BOUNDS))
                    .hasMessageContaining("/translation/memory");
            Machine machine = Specs.withProcess(MachineSpec.of(draft(8, linear, 6L), Specs.BOUNDS));
            Specs.access(machine, 1, Op.WRITE, 20, 8, 5L);
            assertThat(Specs.access(machine, 1, Op.READ, 20, 8, null).stopped()).isNull();
            Laws.check(machine);
        }
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Where processes and segments are put, against published examples and a slow model. */
class PlacementTest {

    private static final int KIB = 1024;

    private static Machine machine(
            Translation.Kind kind, long frames, long bits, Translation.Fit fit, long slots) {
        Long segmentBits = kind == Translation.Kind.SEGMENTATION ? 2L : null;
        return new Machine(
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, 1)
                                .with(MachineSpec.PAGE_SIZE, KIB)
                                .with(MachineSpec.FRAMES, frames)
                                .with(MachineSpec.ADDRESS_BITS, bits)
                                .with(Translation.KIND, kind)
                                .with(Translation.SEGMENT_BITS, segmentBits)
                                .with(Translation.PLACEMENT, fit)
                                .with(SwapSpec.SLOTS, slots),
                        Specs.BOUNDS),
                new StrictRoom());
    }

    /** Makes a process of so many KiB, and writes to it so that it cannot leave without a slot. */
    private static int make(Machine machine, int kib) {
        MemoryArea area = new MemoryArea(0, (long) kib * KIB, Protection.ALL);
        Outcome outcome =
                machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
        if (!(outcome instanceof Outcome.Made(int pid))) {
            return 0;
        }
        Specs.access(machine, pid, Op.WRITE, 0, 1, 1L);
        return pid;
    }

    private static int base(Machine machine, int pid) {
        return Specs.access(machine, pid, Op.READ, 0, 1, null).results().getFirst().frame();
    }

    /**
     * Silberschatz, Galvin and Gagne, "Operating System Concepts", the exercise on holes of 100,
     * 500, 200, 300 and 600 KB and processes of 212, 417, 112 and 426 KB: first fit and worst fit
     * cannot place the last, best fit can.
     */
    @ParameterizedTest
    @CsvSource({
        "FIRST_FIT, 101, 1104, 313, -1",
        "BEST_FIT, 803, 101, 602, 1104",
        "WORST_FIT, 1104, 101, 1316, -1"
    })
    void theTextbooksHolesAreFilledAsItSays(
            Translation.Fit fit, int first, int second, int third, int fourth) {
        Machine machine = machine(Translation.Kind.RELOCATION, 1704, 24, fit, 0);
        List<Integer> gone = new ArrayList<>();
        for (int hole : List.of(100, 500, 200, 300, 600)) {
            gone.add(make(machine, hole));
            if (hole < 600) { // what lies between two holes
                make(machine, 1);
            }
        }
        gone.forEach(pid -> machine.apply(new Command.Exit(pid)));
        List<Integer> bases = new ArrayList<>();
        for (int size : List.of(212, 417, 112, 426)) {
            int pid = make(machine, size);
            bases.add(pid == 0 ? -1 : base(machine, pid));
        }
        assertThat(bases).containsExactly(first, second, third, fourth);
    }

    /**
     * Arpaci-Dusseau, "Operating Systems: Three Easy Pieces", chapter 16: code of 2 KB at 32 KB, a
     * heap of 3 KB at 34 KB, a stack of 2 KB that grows down from 28 KB; virtual address 4200 is
     * physical 34920, 7 KB is a segmentation fault, 15 KB is physical 27 KB.
     */
    @Test
    void threeEasyPiecesSegmentsTranslateAsItSays() {
        Machine machine =
                machine(Translation.Kind.SEGMENTATION, 64, 14, Translation.Fit.FIRST_FIT, 64);
        for (int kib : List.of(4, 4, 4, 4, 4, 4, 2, 2, 4)) { // 26 KiB, a place for the stack, 4
            make(machine, kib);
        }
        machine.apply(new Command.Exit(8));
        MemoryArea stack =
                new MemoryArea(14 * KIB, 2 * KIB, Protection.ALL, Backing.of(Backing.Kind.STACK));
        MemoryArea code = new MemoryArea(0, 2 * KIB, Protection.ALL);
        MemoryArea heap = new MemoryArea(4 * KIB, 3 * KIB, Protection.ALL);
        machine.apply(new Command.CreateProcess("", List.of(stack, code, heap), OnSignal.CONTINUE));
        int pid = machine.inspect().processCount();
        assertThat(physical(machine, pid, 100)).isEqualTo(32 * KIB + 100);
        assertThat(physical(machine, pid, 4200)).isEqualTo(34920);
        assertThat(physical(machine, pid, 15 * KIB)).isEqualTo(27 * KIB);
        Signal signal =
                Specs.access(machine, pid, Op.READ, 7 * KIB, 1, null).results().getFirst().signal();
        assertThat(signal).isEqualTo(new Signal(Signal.Code.SEGV_MAPERR, 7 * KIB));
    }

    private static long physical(Machine machine, int pid, long address) {
        AccessResult result =
                Specs.access(machine, pid, Op.READ, address, 1, null).results().getFirst();
        return (long) result.frame() * KIB + address % KIB;
    }

    /** Memory as a line of letters; a hole is found by looking at every place. */
    @Seeds(100)
    void theFitIsThatOfASearchThroughEveryPlace(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Translation.Fit fit = Translation.Fit.values()[random.nextInt(3)];
        Machine machine = machine(Translation.Kind.RELOCATION, 40, 20, fit, 0);
        StringBuilder line = new StringBuilder(".".repeat(40));
        List<Integer> alive = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(5) < 2 && !alive.isEmpty()) {
                int pid = alive.get(random.nextInt(alive.size()));
                alive.remove(Integer.valueOf(pid));
                machine.apply(new Command.Exit(pid));
                for (int at = 0; at < 40; at++) {
                    if (line.charAt(at) == (char) (1000 + pid)) {
                        line.setCharAt(at, '.');
                    }
                }
                continue;
            }
            int size = 1 + random.nextInt(10);
            int expected = search(line.toString(), size, fit);
            int pid = make(machine, size);
            assertThat(pid > 0).as("%s for %d", line, size).isEqualTo(expected >= 0);
            if (pid > 0) {
                assertThat(base(machine, pid)).isEqualTo(expected);
                alive.add(pid);
                for (int at = expected; at < expected + size; at++) {
                    line.setCharAt(at, (char) (1000 + pid));
                }
            }
        }
    }

    private static int search(String line, int size, Translation.Fit fit) {
        int chosen = -1;
        int chosenLength = 0;
        for (int at = 0; at < line.length(); at++) {
            boolean begins = line.charAt(at) == '.' && (at == 0 || line.charAt(at - 1) != '.');
            if (!begins) {
                continue;
            }
            int length = 0;
            while (at + length < line.length() && line.charAt(at + length) == '.') {
                length++;
            }
            boolean better =
                    chosen < 0
                            || fit == Translation.Fit.BEST_FIT && length < chosenLength
                            || fit == Translation.Fit.WORST_FIT && length > chosenLength;
            if (length >= size && better) {
                chosen = at;
                chosenLength = length;
            }
        }
        return chosen;
    }
}

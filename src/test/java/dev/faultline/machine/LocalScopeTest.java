package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Replacement within each process: what one process does is nothing to another. */
class LocalScopeTest {

    private static final int PROCESSES = 3;

    private static MachineSpec spec(
            String policy,
            int frames,
            Parameters.Scope scope,
            Parameters.Allotment allotment,
            int share) {
        SpecValues draft =
                SpecValues.of(Parameters.POLICY, policy)
                        .with(Parameters.TAU, 10)
                        .with(Parameters.SCOPE, scope)
                        .with(Parameters.ALLOTMENT, allotment)
                        .with(Parameters.FRAME_SHARE, share);
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 12)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(TlbSpec.ENTRIES, 4)
                        .with(TlbSpec.TAGGED, true)
                        .with(draft)
                        .with(SwapSpec.SLOTS, 256),
                Specs.BOUNDS);
    }

    /**
     * The pages that each process loses, in order. A machine that is saved and restored half-way is
     * the same at the end.
     */
    private static List<List<Long>> evictions(Machine machine, int[] pids, int[] pages) {
        Machine restored = machine;
        List<List<Long>> lost = new ArrayList<>();
        for (int pid = 0; pid <= PROCESSES; pid++) {
            lost.add(new ArrayList<>());
        }
        for (int i = 0; i < pages.length; i++) {
            if (i == pages.length / 2) {
                restored = Machine.restore(machine.spec(), machine.save());
            }
            if (restored != machine) {
                Specs.readPages(restored, pids[i], pages[i]);
            }
            long before = machine.lastEvent();
            Specs.readPages(machine, pids[i], pages[i]);
            for (long seq = before + 1; seq <= machine.lastEvent(); seq++) {
                Event event = machine.event(seq);
                Long address = event.address();
                if (event.kind() == Event.Kind.UNMAP && address != null) {
                    lost.get(event.pid()).add(address / machine.spec().pageSize());
                }
            }
            Laws.check(machine);
        }
        assertThat(restored.digest()).isEqualTo(machine.digest());
        return lost;
    }

    /** With a fixed allotment a process loses what it would lose alone in so many frames. */
    @Seeds(
            value = 60,
            strings = {
                "fifo",
                "second-chance",
                "clock",
                "enhanced-clock",
                "lru",
                "mru",
                "lfu",
                "mfu",
                "nru",
                "aging",
                "sieve",
                "mglru"
            })
    void aProcessIsAsIfAloneInItsFrames(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int share = 2 + random.nextInt(5);
        int[] pids = random.ints(240, 1, PROCESSES + 1).toArray();
        int[] pages = random.ints(240, 0, share + 4).toArray();
        MachineSpec together =
                spec(
                        policy,
                        PROCESSES * share,
                        Parameters.Scope.LOCAL,
                        Parameters.Allotment.FIXED,
                        share);
        Machine machine = new Machine(together);
        for (int pid = 1; pid <= PROCESSES; pid++) {
            machine.apply(Specs.process(together));
        }
        List<List<Long>> lost = evictions(machine, pids, pages);
        for (int pid = 1; pid <= PROCESSES; pid++) {
            int wanted = pid;
            MachineSpec one =
                    spec(policy, share, Parameters.Scope.GLOBAL, Parameters.Allotment.FIXED, 0);
            int[] own =
                    IntStream.range(0, pages.length)
                            .filter(i -> pids[i] == wanted)
                            .map(i -> pages[i])
                            .toArray();
            int[] ones = new int[own.length];
            Arrays.fill(ones, 1);
            if (!policy.equals("nru")) { // its clearing goes by the machine's instructions
                assertThat(lost.get(pid))
                        .as("pid %d", pid)
                        .isEqualTo(evictions(Specs.withProcess(one), ones, own).get(1));
            }
            assertThat(machine.inspect().process(pid).orElseThrow().residentPages())
                    .isLessThanOrEqualTo(share);
        }
    }

    /** An area three times as large is worth three times the frames. */
    @Test
    void aProportionalAllotmentFollowsTheSizeOfTheAreas() {
        MachineSpec spec =
                spec("lru", 16, Parameters.Scope.LOCAL, Parameters.Allotment.PROPORTIONAL, 0);
        Machine machine = new Machine(spec);
        for (int pages : new int[] {30, 10}) {
            MemoryArea area = new MemoryArea(0, pages * 64L, Protection.ALL);
            machine.apply(new Command.CreateProcess("test", List.of(area), OnSignal.TERMINATE));
        }
        for (int page = 0; page < 30; page++) {
            Specs.readPages(machine, 1, page);
            Specs.readPages(machine, 2, page % 10);
        }
        assertThat(machine.inspect().process(1).orElseThrow().residentPages()).isEqualTo(12);
        assertThat(machine.inspect().process(2).orElseThrow().residentPages()).isEqualTo(4);
    }

    /** Who faults often gets more, and who does not gives it back at its next fault. */
    @Test
    void aDynamicAllotmentFollowsTheFaults() {
        MachineSpec spec = spec("lru", 16, Parameters.Scope.LOCAL, Parameters.Allotment.DYNAMIC, 4);
        Machine machine = new Machine(spec);
        machine.apply(Specs.process(spec));
        machine.apply(Specs.process(spec));
        for (int page = 0; page < 10; page++) {
            Specs.readPages(machine, 1, page); // a fault each: far within tau
        }
        assertThat(machine.inspect().process(1).orElseThrow().residentPages()).isEqualTo(10);
        machine = Machine.restore(spec, machine.save());
        for (int page = 20; page < 24; page++) {
            for (int again = 0; again < 40; again++) {
                Specs.readPages(machine, 1, page); // a fault in forty accesses
            }
        }
        // 4 at the first fault, ten more soon after one another, three late ones
        assertThat(machine.inspect().process(1).orElseThrow().residentPages())
                .isEqualTo(4 + 10 - 3);
    }

    /** Frames that no process has claimed are not hoarded: a poor process finds them. */
    @Test
    void whoHasLessThanItsAllotmentTakesFromWhoHasMore() {
        MachineSpec spec = spec("lru", 8, Parameters.Scope.LOCAL, Parameters.Allotment.FIXED, 0);
        Machine machine = new Machine(spec);
        machine.apply(Specs.process(spec));
        for (int page = 0; page < 8; page++) {
            Specs.readPages(machine, 1, page);
        }
        machine.apply(Specs.process(spec)); // from now on it is four each
        for (int page = 0; page < 8; page++) {
            Specs.readPages(machine, 2, page);
        }
        assertThat(machine.inspect().process(1).orElseThrow().residentPages()).isEqualTo(4);
        assertThat(machine.inspect().process(2).orElseThrow().residentPages()).isEqualTo(4);
    }

    @Test
    void aPolicyForAllFramesIsRefused() {
        assertThatThrownBy(
                        () -> spec("arc", 8, Parameters.Scope.LOCAL, Parameters.Allotment.FIXED, 0))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("decides among all frames");
    }

    /** A pinned page stays, whatever the policy; when all are pinned nobody finds a frame. */
    @Test
    void aPinnedFrameStays() {
        Machine machine = Specs.withProcess(Specs.of("fifo", 2));
        Specs.readPages(machine, 1, 0);
        assertThat(machine.apply(new Command.Pin(1, true))).isInstanceOf(Outcome.Refused.class);
        machine.apply(new Command.Pin(0, true));
        Specs.readPages(machine, 1, 1, 2, 3, 0);
        assertThat(machine.counters().get(Counter.PAGE_FAULTS)).isEqualTo(4);
        machine = Machine.restore(machine.spec(), machine.save());
        machine.apply(new Command.Pin(1, true));
        Specs.readPages(machine, 1, 4);
        assertThat(machine.counters().get(Counter.SIGNALS)).isEqualTo(1);
        Laws.check(machine);
        machine.apply(Specs.process(machine.spec()));
        Specs.readPages(machine, 2, 7, 8, 9); // the first process ended: its frames are free
        assertThat(machine.counters().get(Counter.PAGE_FAULTS)).isEqualTo(7);
        Laws.check(machine);
    }
}

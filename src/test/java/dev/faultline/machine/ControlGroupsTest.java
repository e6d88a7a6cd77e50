package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.SplittableRandom;

/** Groups of processes with frames of their own. */
class ControlGroupsTest {

    private static final long PAGE = 64;
    private static final int FRAMES = 20;

    private static MachineSpec spec(String policy) {
        return MachineSpec.of(
                Specs.small(policy, FRAMES, SpecValues.EMPTY, null, null), Specs.BOUNDS);
    }

    /**
     * Three processes, one in a group with a limit, one in a group that is protected: the limit is
     * never passed, what is protected is never taken, and no byte is lost.
     */
    @Seeds(
            value = 30,
            strings = {"clock", "lru", "fifo", "arc", "nru", "random"})
    void limitsHoldWhateverTheOthersDo(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = spec(policy);
        Machine machine = new Machine(spec, new StrictRoom());
        int limit = 1 + random.nextInt(8);
        int guarded = 1 + random.nextInt(8);
        machine.apply(new Command.PutGroup("small", limit, 0));
        machine.apply(new Command.PutGroup("safe", FRAMES, guarded));
        for (int pid = 1; pid <= 3; pid++) {
            machine.apply(Specs.process(spec));
        }
        machine.apply(new Command.JoinGroup(1, "small"));
        machine.apply(new Command.JoinGroup(2, "safe"));
        byte[][] stored = new byte[4][30];
        for (int i = 0; i < 300; i++) {
            if (i == 150) {
                limit = 1 + random.nextInt(8);
                machine.apply(new Command.PutGroup("small", limit, 0));
                machine = Machine.restore(spec, machine.save());
            }
            int pid = 1 + random.nextInt(3);
            int page = random.nextInt(30);
            int safe = machine.parts().frames().groups().charged(2);
            long faults = machine.counters().get(Counter.PAGE_FAULTS);
            if (random.nextInt(3) == 0) {
                stored[pid][page] = (byte) (1 + random.nextInt(100));
                long value = stored[pid][page];
                Specs.access(machine, pid, Op.WRITE, page * PAGE, 1, value);
            } else {
                Outcome.Accessed read = Specs.access(machine, pid, Op.READ, page * PAGE, 1, null);
                assertThat(read.results().getFirst().value()).isEqualTo((long) stored[pid][page]);
            }
            boolean fault = machine.counters().get(Counter.PAGE_FAULTS) > faults;
            ControlGroups groups = machine.parts().frames().groups();
            if (pid == 1 && fault) {
                assertThat(groups.charged(1)).isLessThanOrEqualTo(limit);
            }
            if (pid != 2) {
                assertThat(groups.charged(2)).isGreaterThanOrEqualTo(Math.min(safe, guarded));
            }
            Laws.check(machine);
        }
        assertThat(machine.inspect().groups().getFirst().limitHits()).isPositive();
        machine.apply(new Command.Exit(1));
        assertThat(machine.parts().frames().groups().charged(1)).isZero();
    }

    /** A child is in its parent's group, and what both share is charged once. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void aChildIsInTheGroup(int limit) {
        MachineSpec spec = spec("lru");
        Machine machine = new Machine(spec, new StrictRoom());
        machine.apply(new Command.PutGroup("g", limit, 0));
        machine.apply(Specs.process(spec));
        machine.apply(new Command.JoinGroup(1, "g"));
        Specs.readPages(machine, 1, 1, 2);
        machine.apply(new Command.Fork(1));
        Specs.readPages(machine, 2, 1, 2, 3, 4, 5, 6);
        assertThat(machine.inspect().groups().getFirst().pids()).containsExactly(1, 2);
        assertThat(machine.inspect().groups().getFirst().frames()).isEqualTo(limit);
        Laws.check(machine);
    }
}

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
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Does looking at a machine change nothing? Two machines get the same random commands, and one is
 * looked at between them: they stay the same.
 */
class LookingTest {

    private static final int STEPS = 60;
    private static final long PAGE = 64;

    /** The disk works in the background when the run is over; who asks changes nothing. */
    @Test
    void theDiskForgetsNothingBecauseItIsAsked() {
        SpecValues costs =
                SpecValues.of(Costs.MEMORY_REFERENCE, 1)
                        .with(Costs.SWAP_IN, 0)
                        .with(Costs.SWAP_OUT, 1000)
                        .with(Costs.FILE_IN, 0)
                        .with(Costs.FILE_OUT, 0);
        SpecValues paging = SpecValues.of(PagingSpec.LOW, 1).with(PagingSpec.HIGH, 1);
        MachineSpec spec =
                MachineSpec.of(
                        Specs.small("clock", 2, costs, null, null).with(paging), Specs.BOUNDS);
        Machine machine = Specs.withProcess(spec);
        AccessBlock block = new AccessBlock(spec, 3);
        block.add(Op.WRITE, 0);
        block.add(Op.WRITE, PAGE);
        block.add(Op.READ, 0);
        machine.apply(new Command.GiveProgram(1, RecordedProgram.of(block), 5000));
        machine.apply(new Command.Run(null, null, null, 0));
        String digest = machine.digest();
        assertThat(machine.inspect().time().background().freeFrames()).isEqualTo(2);
        assertThat(machine.digest()).isEqualTo(digest);
        assertThat(Machine.restore(spec, machine.save(), machine.programs()).digest())
                .isEqualTo(digest);
    }

    @Seeds(150)
    void lookingChangesNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = RandomSpecs.paged(random, PAGE).next();
        Machine looked = new Machine(spec);
        Machine left = new Machine(spec);
        for (int step = 0; step < STEPS; step++) {
            List<Command> commands = commands(looked, random);
            for (Command command : commands) {
                Outcome outcome = looked.apply(command);
                assertThat(left.apply(command)).isEqualTo(outcome);
            }
            List<String> views = Looks.at(looked);
            compare(Looks.at(looked), views);
            assertThat(looked.digest()).as("step %d: %s", step, commands).isEqualTo(left.digest());
            Machine clone = Machine.restore(spec, looked.save(), looked.programs());
            assertThat(clone.digest()).as("step %d: %s", step, commands).isEqualTo(left.digest());
            compare(Looks.time(clone), Looks.time(looked));
            looked = random.nextInt(4) == 0 ? clone : looked;
        }
    }

    private static void compare(List<String> views, List<String> before) {
        for (int i = 0; i < before.size(); i++) {
            assertThat(views.get(i)).isEqualTo(before.get(i));
        }
        assertThat(views).hasSameSizeAs(before);
    }

    /** Something that a client may ask for; a process and its program are made together. */
    private static List<Command> commands(Machine machine, SplittableRandom random) {
        MachineSpec spec = machine.spec();
        int processes = machine.inspect().processCount();
        int pid = 1 + random.nextInt(Math.max(1, processes));
        long page = random.nextInt(24) * PAGE;
        return switch (processes == 0 ? 0 : random.nextInt(14)) {
            case 0 -> List.of(Command.CreateProcess.plain("plain", spec));
            case 1, 2 ->
                    List.of(
                            Command.CreateProcess.plain("program", spec),
                            new Command.GiveProgram(
                                    processes + 1,
                                    RecordedProgram.of(block(spec, random, 40)),
                                    random.nextInt(3) * 5000L,
                                    random.nextInt(3) * 100_000L));
            case 3 -> List.of(new Command.Run(null, null, null, 0));
            case 4, 5 -> List.of(new Command.Run(1L + random.nextInt(20_000), null, null, 0));
            case 6 -> List.of(new Command.Run(null, 1L + random.nextInt(30), null, 0));
            case 7 ->
                    List.of(
                            new Command.Run(
                                    null,
                                    null,
                                    Counter.PAGE_FAULTS,
                                    machine.counters().get(Counter.PAGE_FAULTS) + 1));
            case 8 -> List.of(new Command.Fork(pid));
            case 9 ->
                    List.of(
                            random.nextInt(3) == 0
                                    ? new Command.Exit(pid)
                                    : new Command.Vfork(pid));
            case 10 ->
                    List.of(
                            random.nextBoolean()
                                    ? new Command.SwapOut(pid)
                                    : new Command.Lock(pid, page, PAGE, random.nextBoolean()));
            default -> List.of(new Command.Access(pid, block(spec, random, 12), false));
        };
    }

    private static AccessBlock block(MachineSpec spec, SplittableRandom random, int most) {
        AccessBlock block = new AccessBlock(spec, most);
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            long address = random.nextInt(24) * PAGE;
            block.add(random.nextInt(3) == 0 ? Op.WRITE : Op.READ, address);
        }
        return block;
    }
}

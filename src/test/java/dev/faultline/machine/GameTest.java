package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.DeltaDebugging;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.RecordJson;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Is a lost game shrunk to what loses it, and is what was written read back exactly? */
class GameTest {

    private static final MachineSpec SPEC = Specs.of("fifo", 2, Specs.tlb(0), 64, null);

    /** A law that does not hold: no page ever comes back from the store. */
    private static void noPageComesBack(Machine machine) {
        assertThat(machine.counters().get(Counter.SWAP_INS)).isZero();
    }

    private static Game.Loss lossUnderTheBrokenLaw(List<Command> commands) {
        try {
            Machine machine = new Machine(SPEC, new StrictRoom());
            commands.forEach(machine::apply);
            noPageComesBack(machine);
            return new Game.Loss("none", "none");
        } catch (AssertionError e) {
            return Game.Loss.of(e);
        }
    }

    /** Hundreds of commands, of which few are needed: a page is written, driven out and read. */
    @Seeds(3)
    void aBrokenLawLeavesOnlyTheCommandsThatBreakIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Command> commands = new ArrayList<>(List.of(Specs.process(SPEC)));
        for (int i = 0; i < 400; i++) {
            int op = random.nextInt(2);
            long address = random.nextInt(6) * SPEC.pageSize();
            Long stored = op == Op.WRITE ? Long.valueOf(1 + random.nextInt(9)) : null;
            commands.add(Specs.access(SPEC, 1, op, address, 1, stored));
        }
        Game.Loss loss = lossUnderTheBrokenLaw(commands);
        assertThat(loss.law()).isEqualTo("GameTest.noPageComesBack");
        List<Command> smallest =
                DeltaDebugging.smallest(commands, part -> loss.equals(lossUnderTheBrokenLaw(part)));
        assertThat(smallest).hasSizeLessThan(10);
        assertThat(lossUnderTheBrokenLaw(smallest)).isEqualTo(loss);
        for (Command command : smallest) {
            List<Command> less = new ArrayList<>(smallest);
            less.remove(command);
            assertThat(lossUnderTheBrokenLaw(less)).isNotEqualTo(loss);
        }
        Game read = Game.of(new Game(Rules.ORACLE, SPEC, smallest).text());
        assertThat(lossUnderTheBrokenLaw(read.commands())).isEqualTo(loss);
    }

    @Test
    void whatIsNeededTogetherStaysTogether() {
        List<Integer> whole = IntStream.range(0, 100).boxed().toList();
        List<Integer> needed = List.of(3, 50, 51, 99);
        assertThat(DeltaDebugging.smallest(whole, part -> part.containsAll(needed)))
                .isEqualTo(needed);
    }

    /** Of every kind of machine; a command is as before if it has the same text again. */
    @Seeds(200)
    void whatIsWrittenIsReadBackExactly(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = new RandomSpecs(random).next();
        List<Command> commands =
                List.of(
                        Specs.process(spec),
                        Command.PutFile.of("file", new byte[] {1, -2, 3}, 7),
                        new Command.Map(1, null, 64, 7, Backing.UNNAMED, true),
                        new Command.Run(null, 3L, Counter.PAGE_FAULTS, 7, Long.MAX_VALUE),
                        Specs.tick(spec, 1),
                        Specs.access(spec, 1, Op.WRITE, 3, 1, random.nextLong()));
        Game game = new Game(Rules.AREAS, spec, commands);
        Game read = Game.of(game.text());
        assertThat(read.spec()).isEqualTo(spec);
        assertThat(new Machine(read.spec()).digest()).isEqualTo(new Machine(spec).digest());
        assertThat(read.text()).isEqualTo(game.text());
        assertThat(read.commands().subList(0, 4)).isEqualTo(commands.subList(0, 4));
        assertThat(RecordJson.write(read.commands().get(5), Command.class).toString())
                .contains("\"value\":");
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives commands to a machine and checks of each that its outcome says truly whether the state has
 * changed; keeps them all, so that they can be carried out again on a new machine.
 */
final class Witness {

    private final Machine machine;
    private final List<Command> commands = new ArrayList<>();

    Witness(Machine machine) {
        this.machine = machine;
    }

    Machine machine() {
        return machine;
    }

    Outcome apply(Command command) {
        commands.add(command);
        String before = machine.digest();
        Outcome outcome = machine.apply(command);
        assertThat(outcome.changedState())
                .as("%s came to %s", command, outcome)
                .isEqualTo(!machine.digest().equals(before));
        return outcome;
    }

    /** As {@link Specs#access}. */
    Outcome.Accessed access(int pid, int op, long address, int size, @Nullable Long value) {
        AccessBlock block = new AccessBlock(machine.spec(), 8);
        block.addSized(op, address, size, value != null, value == null ? 0 : value);
        return (Outcome.Accessed) apply(new Command.Access(pid, block, true));
    }

    /** A clone is the original in all that can be seen, and looking changes neither. */
    void checkClone() {
        String digest = machine.digest();
        Machine clone = Machine.restore(machine.spec(), machine.save(), machine.programs());
        assertThat(clone.digest()).isEqualTo(digest);
        List<String> seen = Looks.at(machine);
        List<String> ofClone = Looks.at(clone);
        for (int i = 0; i < Math.min(seen.size(), ofClone.size()); i++) {
            assertThat(ofClone.get(i)).isEqualTo(seen.get(i));
        }
        assertThat(ofClone).hasSameSizeAs(seen);
        assertThat(machine.digest()).isEqualTo(digest);
        assertThat(clone.digest()).isEqualTo(digest);
        assertThat(clone.save()).isEqualTo(machine.save());
    }

    /** The same commands lead another machine to the same state. */
    void checkReplay() {
        Machine again = new Machine(machine.spec());
        commands.forEach(again::apply);
        assertThat(again.digest()).isEqualTo(machine.digest());
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.history.History;
import dev.faultline.history.Request;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Gives commands to a machine and checks of each that its outcome says truly whether the state has
 * changed; keeps them all, so that they can be carried out again on a new machine.
 */
final class Witness {

    /** Versions that the history keeps; then it begins anew with a checkpoint. */
    private static final int KEPT = 60;

    private static final Request REQUEST = new Request("test", "", null);

    private final Machine machine;
    private final List<Command> commands = new ArrayList<>();
    private final History history;

    /** The digest of each version, from the first. */
    private final List<String> digests = new ArrayList<>();

    Witness(Machine machine) {
        this.machine = machine;
        history =
                History.from(
                        machine.spec(),
                        room -> new Machine(machine.spec(), room),
                        machine,
                        1,
                        new History.Bounds(1 << 26, KEPT),
                        Room.UNBOUNDED);
        digests.add(machine.digest());
    }

    Machine machine() {
        return machine;
    }

    Outcome apply(Command command) {
        commands.add(command);
        String before = digests.getLast();
        History.Recording recording = history.recording(REQUEST, machine);
        Portions portions = machine.portions(command);
        while (!portions.isDone()) {
            portions.next();
        }
        Outcome outcome = portions.outcome();
        String digest = machine.digest();
        assertThat(outcome.changedState())
                .as("%s came to %s", command, outcome)
                .isEqualTo(!digest.equals(before));
        if (outcome.changedState()) {
            recording.obeyed(command, portions.sizes());
            digests.add(digest);
            recording.commit(digests.size(), machine);
        } else {
            recording.abandon();
        }
        return outcome;
    }

    /** The versions that the history keeps can all be reached again. */
    void checkHistory() {
        long oldest = history.oldest();
        assertThat(oldest).isBetween(Math.max(1L, digests.size() - KEPT), (long) digests.size());
        for (long version = oldest; version <= digests.size(); version += 7) {
            Machine past = Objects.requireNonNull(history.to(version)).machine(Room.UNBOUNDED);
            assertThat(past.digest()).as("%d", version).isEqualTo(digests.get((int) version - 1));
        }
        Machine now = Objects.requireNonNull(history.to(digests.size())).machine(Room.UNBOUNDED);
        assertThat(now.save()).isEqualTo(machine.save());
        assertThat(Looks.at(now)).isEqualTo(Looks.at(machine));
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
        checkHistory();
    }
}

package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;

import java.util.List;
import java.util.function.Consumer;

/**
 * A prepared machine that a student can open: a spec and the commands that set it up.
 *
 * @param name its name in the HTTP contract
 * @param shows what it demonstrates, in a sentence
 * @param values the spec, before a client's own values override it
 * @param setup gives the machine its commands
 * @param run the demonstration itself, if it has been run already when the machine is opened
 */
public record Preset(
        String name,
        String shows,
        SpecValues values,
        Consumer<Machine> setup,
        Consumer<Machine> run) {

    /** A preset that has not been run: the client does that. */
    Preset(String name, String shows, SpecValues values, Consumer<Machine> setup) {
        this(name, shows, values, setup, machine -> {});
    }

    /**
     * Sets up a new machine. Counters and events start after the set-up, with the demonstration.
     *
     * @throws InvalidSpecException if the machine is too small for what the preset does, since a
     *     client's own values have overridden the preset's; the machine is then of no use
     */
    public void prepare(Machine machine) {
        try {
            setup.accept(machine);
            machine.apply(new Command.ClearCounters());
            run.accept(machine);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            InvalidSpecException unfit =
                    new InvalidSpecException(
                            List.of(
                                    new InvalidSpecException.Problem(
                                            "/preset",
                                            "'"
                                                    + name
                                                    + "' does more than a machine with these"
                                                    + " addressBits and cpus can do")));
            unfit.initCause(e);
            throw unfit;
        }
    }
}

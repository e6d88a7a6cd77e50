package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import java.util.function.Consumer;

/** A second idea of a machine, which obeys the same commands and knows what must come of them. */
interface Model {

    /** Looks at a command before the machine obeys it. Answers what judges the outcome. */
    Consumer<Outcome> expect(Command command);

    /** Compares the machine with the model; called after every command. */
    void check();

    /** Ends all processes and checks what is left. */
    void end();
}

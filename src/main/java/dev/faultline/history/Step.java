package dev.faultline.history;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Portions;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Something that a change did to a machine. */
public sealed interface Step {

    /** The numbers of the steps; 0 ends a record's. */
    int OBEYED = 1;

    int RESET = 2;
    int REWOUND = 3;

    /**
     * The machine obeyed a command.
     *
     * @param sizes of the portions in which it was carried out, as {@link Portions#sizes} gives
     *     them
     */
    record Obeyed(Command command, List<Long> sizes) implements Step {}

    /** The machine became what it was when it was made; its numbers went on after these. */
    record Reset(Machine.Numbers after) implements Step {}

    /** The machine became what it was at a version; its numbers went on after these. */
    record Rewound(long to, Machine.Numbers after) implements Step {}

    /** Writes the step. */
    default void write(StateWriter out) {
        switch (this) {
            case Obeyed(Command command, List<Long> sizes) -> {
                out.writeNumber(OBEYED);
                Forms.write(command, out);
                out.writeNumber(sizes.size());
                for (long size : sizes) {
                    out.writeNumber(size);
                }
            }
            case Reset(Machine.Numbers after) -> {
                out.writeNumber(RESET);
                write(after, out);
            }
            case Rewound(long to, Machine.Numbers after) -> {
                out.writeNumber(REWOUND);
                out.writeNumber(to);
                write(after, out);
            }
        }
    }

    private static void write(Machine.Numbers numbers, StateWriter out) {
        out.writeNumber(numbers.event());
        out.writeNumber(numbers.turn());
    }

    /** Reads the next step of a record, or null at the record's end. */
    static @Nullable Step read(Forms forms, StateReader in) {
        int kind = PackedAccesses.number(in, 0, Integer.MAX_VALUE);
        return switch (kind) {
            case 0 -> null;
            case OBEYED -> new Obeyed(forms.read(in), sizes(in));
            case RESET -> new Reset(numbers(in));
            case REWOUND -> new Rewound(in.readNumber(), numbers(in));
            default ->
                    throw new UnreadableStateException(
                            "no step of a record has the number " + kind);
        };
    }

    private static Machine.Numbers numbers(StateReader in) {
        return new Machine.Numbers(in.readNumber(), in.readNumber());
    }

    private static List<Long> sizes(StateReader in) {
        List<Long> sizes = new ArrayList<>();
        for (int left = PackedAccesses.number(in, 0, Integer.MAX_VALUE); left > 0; left--) {
            sizes.add(in.readNumber());
        }
        return sizes;
    }

    /** Lets a machine obey a command in the portions that it was carried out in before. */
    static void obey(Machine machine, Obeyed step) throws LostProgramException {
        try (Portions portions = machine.portions(step.command())) {
            for (long size : step.sizes()) {
                if (portions.isDone()) {
                    throw new UnreadableStateException(
                            "a command was over before its last portion");
                }
                portions.next(size);
            }
        }
    }
}

package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.BITS;
import static dev.faultline.machine.replacement.Parameters.HAND_PASSES_FILLED;
import static dev.faultline.machine.replacement.Parameters.ORDER;
import static dev.faultline.machine.replacement.Parameters.REFAULTS;
import static dev.faultline.machine.replacement.Parameters.SCAN;
import static dev.faultline.machine.replacement.Parameters.TAU;
import static dev.faultline.machine.replacement.Parameters.TIES;

import dev.faultline.machine.fields.SpecValues;

/** A way to play the rules where the books differ: values for some {@link Parameters}. */
public enum Dialect {
    /** As most textbooks tell it: the default of each parameter. */
    TEXTBOOK,

    /** As Stallings, "Operating Systems", tells it: the hand goes past what was filled. */
    STALLINGS,

    /** As the simulator of "Operating Systems: Three Easy Pieces" does. */
    OSTEP,

    /** As the third lab of NYU's operating-systems course does. */
    NYU_LAB3,

    /** As Linux does. */
    LINUX;

    /** The values in which it differs from {@link #TEXTBOOK}. */
    public SpecValues differences() {
        return switch (this) {
            case TEXTBOOK -> SpecValues.EMPTY;
            case STALLINGS -> SpecValues.of(HAND_PASSES_FILLED, true);
            case OSTEP -> SpecValues.of(TIES, Parameters.Ties.YOUNGEST);
            case NYU_LAB3 ->
                    SpecValues.of(ORDER, Parameters.Order.FRAME)
                            .with(SCAN, Parameters.Scan.HAND)
                            .with(TAU, 49)
                            .with(BITS, 32);
            case LINUX -> SpecValues.of(REFAULTS, true);
        };
    }
}

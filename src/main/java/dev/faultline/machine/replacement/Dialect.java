package dev.faultline.machine.replacement;

import java.util.List;

/** How a rule is played where the books differ. What a policy does not use it does not ask for. */
public interface Dialect {

    /** Whether FIFO goes round the frame numbers instead of the order of loading. */
    boolean byFrame();

    /** Whether a scan begins at the hand instead of at frame 0 each time. */
    boolean fromHand();

    /** Instructions after which a page is no longer in the working set. */
    long tau();

    /** Instructions between two clearings of all referenced bits, by NRU. */
    long clearEvery();

    /** Bits of an age, 1 to 32. */
    int bits();

    /** The numbers that random takes one after the other; empty for those of the seed. */
    List<Integer> numbers();

    /** Of what is random otherwise. */
    long seed();
}

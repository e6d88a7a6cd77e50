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

    /** Whether ages are shifted at ticks of the clock instead of at each choice. */
    boolean agesAtTicks();

    /**
     * Whether the access that loads a page counts as a reference to it, for a policy that looks at
     * referenced bits.
     */
    boolean referencedOnLoad();

    /** The frame at which a hand begins. */
    int handStart();

    /** Whether the hand goes past each frame that is filled, and not only past victims. */
    boolean handPassesFilled();

    /** Which of equals leaves. */
    Ties tieBreak();

    /** Which page leaves of several that the rule has equal. */
    enum Ties {
        /** The one in the lowest frame. */
        FRAME,
        /** The one that was loaded first. */
        OLDEST,
        /** The one that was loaded last. */
        YOUNGEST
    }

    /** Uses that LRU-K looks back, 1 to 8. */
    int k();

    /** Uses within which LRU-K takes two of a page for one. */
    long correlated();

    /** Accesses after which counts of accesses are halved, or 0 for never. */
    long halveEvery();

    /** {@link #remembered} without a bound. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** Pages that have left and are remembered, in hundredths of the frames, or all. */
    int remembered();

    /** Hundredths of the frames that 2Q's first queue is meant to have. */
    int firstIn();

    /** Whether a page that comes back soon to two-list is active at once. */
    boolean refaults();

    /** Whether a process gives up pages of its own for others of its own. */
    boolean isLocal();

    /** Whether the frames that a process is allotted follow its faults. */
    boolean isDynamic();

    /** The numbers that random takes one after the other; empty for those of the seed. */
    List<Integer> numbers();

    /** Of what is random otherwise. */
    long seed();
}

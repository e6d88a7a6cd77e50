package dev.faultline.machine.replacement;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.Type;

import java.util.List;

/**
 * Everything that can be said of a replacement policy: its name, among whose pages it chooses, and
 * the parameters in which the books differ. Which policy has which parameters is in {@link
 * Policies}; a value that a policy has no use for changes nothing of what it chooses.
 */
public final class Parameters {

    /** Where the fields of a policy stand. */
    public static final Section SECTION =
            Section.at("/replacement", "Replacement", "The replacement policy.");

    /** Where that stands which takes the place of chance. */
    public static final Section RANDOM =
            Section.at("/random", "Random", "What takes the place of chance.");

    /** The most accesses, or instructions, that a parameter may be. */
    private static final long MOST = 1_000_000_000;

    /** The name of the policy; where nothing is said, what pages or segments have by default. */
    public static final Field<String> POLICY =
            SECTION.declare("policy", new Type.Name("policy", Policies::names)).says("");

    /** Among whose pages a victim is looked for. */
    public enum Scope {
        GLOBAL,
        LOCAL
    }

    public static final Field<Scope> SCOPE =
            SECTION.word("scope", Scope.class)
                    .otherwise(Scope.GLOBAL)
                    .says(
                            "Whether the page that leaves may be any, or is one of the process"
                                    + " that asks.");

    /** How many frames a process may have, where replacement is local. */
    public enum Allotment {
        /** A fixed number each, or an equal share. */
        FIXED,
        /** By the size of its areas. */
        PROPORTIONAL,
        /** By how often it faults. */
        DYNAMIC
    }

    public static final Field<Allotment> ALLOTMENT =
            SECTION.word("allotment", Allotment.class)
                    .otherwise(Allotment.FIXED)
                    .says(
                            "The frames of a process where the scope is local: frameShare or an"
                                    + " equal share; by the size of its areas; by its faults.");

    /** At most the frames of the machine. */
    public static final Field<Long> FRAME_SHARE =
            SECTION.count("frameShare", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .says("The frames of each process; 0 for an equal share of all.");

    public static final Field<Dialect> DIALECT =
            SECTION.declare("dialect", new Type.Word<>(Dialect.class, "dialect"))
                    .otherwise(Dialect.TEXTBOOK)
                    .says("The values that hold for what is left out here.");

    /** In what order FIFO goes. */
    public enum Order {
        LOAD,
        FRAME
    }

    public static final Field<Order> ORDER =
            SECTION.word("order", Order.class)
                    .otherwise(Order.LOAD)
                    .says("Whether fifo goes by loading or round the frame numbers.");

    /** Where a scan of all frames begins. */
    public enum Scan {
        START,
        HAND
    }

    public static final Field<Scan> SCAN =
            SECTION.word("scan", Scan.class)
                    .otherwise(Scan.START)
                    .says("Where scans of nru and aging begin: frame 0, or the hand.");

    public static final Field<Boolean> REFERENCED_ON_LOAD =
            SECTION.flag("referencedOnLoad")
                    .otherwise(true)
                    .says("Whether the access that loads a page sets its referenced bit.");

    /** Below the frames of the machine. */
    public static final Field<Long> HAND_START =
            SECTION.count("handStart", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .says("The frame at which a hand begins.");

    public static final Field<Boolean> HAND_PASSES_FILLED =
            SECTION.flag("handPassesFilled")
                    .otherwise(false)
                    .says("Whether a hand goes past each frame that is filled.");

    /** Which page leaves of several that the rule has equal. */
    public enum Ties {
        /** The one in the lowest frame. */
        FRAME,
        /** The one that was loaded first. */
        OLDEST,
        /** The one that was loaded last. */
        YOUNGEST
    }

    public static final Field<Ties> TIES =
            SECTION.word("ties", Ties.class)
                    .otherwise(Ties.FRAME)
                    .says(
                            "Which of equals leaves by optimal: the lowest frame, or the page"
                                    + " loaded first or last.");

    public static final Field<Long> TAU =
            SECTION.number("tau", 0, MOST)
                    .otherwise(50L)
                    .says("Instructions that a page stays in the working set.");

    public static final Field<Long> CLEAR_EVERY =
            SECTION.number("clearEvery", 1, MOST)
                    .otherwise(50L)
                    .says("Instructions between clearings of all referenced bits, by nru.");

    public static final Field<Long> BITS =
            SECTION.count("bits", 1, 32).otherwise(8L).says("Bits of an age.");

    /** When ages are shifted. */
    public enum AgeAt {
        CHOICE,
        TICK
    }

    public static final Field<AgeAt> AGE_AT =
            SECTION.word("ageAt", AgeAt.class)
                    .otherwise(AgeAt.CHOICE)
                    .says(
                            "Whether aging shifts its ages at each choice, or at each tick of the"
                                    + " clock among the accesses.");

    public static final Field<Long> K =
            SECTION.count("k", 1, 8).otherwise(2L).says("Uses that lru-k looks back.");

    public static final Field<Long> CORRELATED =
            SECTION.number("correlated", 0, MOST)
                    .otherwise(0L)
                    .says("Uses within which lru-k takes two of a page for one.");

    public static final Field<Long> HALVE_EVERY =
            SECTION.number("halveEvery", 0, MOST)
                    .otherwise(0L)
                    .says("Accesses after which lfu and mfu halve their counts; 0 for never.");

    /** {@link #REMEMBERED} without a bound. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    public static final Field<Long> REMEMBERED =
            SECTION.countOrNull("remembered", 1, 2000, UNBOUNDED)
                    .otherwise(100L)
                    .says(
                            "Pages that have left and are remembered by 2q, lirs and lru-k, in"
                                    + " hundredths of the frames; null lets lirs remember"
                                    + " without bound.");

    public static final Field<Long> FIRST_IN =
            SECTION.count("firstIn", 1, 100)
                    .otherwise(25L)
                    .says("Hundredths of the frames for 2q's first queue.");

    public static final Field<Boolean> REFAULTS =
            SECTION.flag("refaults")
                    .otherwise(false)
                    .says("Whether a page that comes back soon to two-list is active at once.");

    /** The authors' program calls it move-to-main-threshold. */
    public static final Field<Long> MOVE_AFTER =
            SECTION.count("moveAfter", 1, 3)
                    .otherwise(2L)
                    .says("Uses after which s3-fifo moves a page to its main queue.");

    public static final Field<List<Integer>> NUMBERS =
            RANDOM.declare("numbers", new Type.Numbers(0, 100_000, 0, Integer.MAX_VALUE))
                    .otherwise(List.of())
                    .says("What random takes one after the other, over and over.");

    private Parameters() {}
}

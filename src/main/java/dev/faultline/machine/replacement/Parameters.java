package dev.faultline.machine.replacement;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.Type;

import java.util.List;

/**
 * All fields of a replacement policy: its name, the pages among which it chooses, and the
 * parameters in which the books differ. Each field is declared with its range, its default and the
 * words that say what it means. {@link Policies} says which policy has which parameters. A value
 * that a policy does not use changes none of its choices.
 */
public final class Parameters {

    /** Where the fields of a policy stand. */
    public static final Section SECTION =
            Section.at("/replacement", "Replacement", "The replacement policy.");

    /** Where the fields stand that take the place of chance. */
    public static final Section RANDOM =
            Section.at("/random", "Random", "What takes the place of chance.");

    /** The most accesses, or instructions, that a parameter may be. */
    private static final long MOST = 1_000_000_000;

    /** The name of the policy; if it is left out, the default for pages or for segments. */
    public static final Field<String> POLICY =
            SECTION.declare("policy", new Type.Name("policy", Policies::names))
                    .numbered(29)
                    .says("The name of the policy.");

    /** The pages among which a victim is looked for. */
    public enum Scope {
        /** Among the pages of all processes. */
        GLOBAL,
        /** Among the pages of the process that needs a frame. */
        LOCAL
    }

    public static final Field<Scope> SCOPE =
            SECTION.word("scope", Scope.class)
                    .otherwise(Scope.GLOBAL)
                    .numbered(30)
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
                    .numbered(31)
                    .says(
                            "The frames of a process where the scope is local: frameShare or an"
                                    + " equal share; by the size of its areas; by its faults.");

    /** At most the frames of the machine. */
    public static final Field<Long> FRAME_SHARE =
            SECTION.count("frameShare", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .numbered(32)
                    .says("The frames of each process; 0 for an equal share of all.");

    public static final Field<Dialect> DIALECT =
            SECTION.declare("dialect", new Type.Word<>(Dialect.class, "dialect"))
                    .otherwise(Dialect.TEXTBOOK)
                    .numbered(33)
                    .says("The values that hold for what is left out here.");

    /** In what order FIFO goes. */
    public enum Order {
        /** The page loaded longest ago leaves. */
        LOAD,
        /** The frames are taken round by their numbers. */
        FRAME
    }

    public static final Field<Order> ORDER =
            SECTION.word("order", Order.class)
                    .otherwise(Order.LOAD)
                    .numbered(34)
                    .says("Whether fifo goes by loading or round the frame numbers.");

    /** Where a scan of all frames begins. */
    public enum Scan {
        /** At frame 0. */
        START,
        /** At the hand, which stops one past the victim. */
        HAND
    }

    public static final Field<Scan> SCAN =
            SECTION.word("scan", Scan.class)
                    .otherwise(Scan.START)
                    .numbered(35)
                    .says("Where scans of nru and aging begin: frame 0, or the hand.");

    public static final Field<Boolean> REFERENCED_ON_LOAD =
            SECTION.flag("referencedOnLoad")
                    .otherwise(true)
                    .numbered(36)
                    .says("Whether a load sets the referenced bit.");

    /** Below the frames of the machine. */
    public static final Field<Long> HAND_START =
            SECTION.count("handStart", 0, Integer.MAX_VALUE)
                    .otherwise(0L)
                    .numbered(37)
                    .says("The frame at which a hand begins.");

    public static final Field<Boolean> HAND_PASSES_FILLED =
            SECTION.flag("handPassesFilled")
                    .otherwise(false)
                    .numbered(38)
                    .says("Whether a hand goes past each frame that is filled.");

    /** Which page leaves if several are equal by the rule. */
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
                    .numbered(39)
                    .says("Which page optimal takes if several are equal.");

    public static final Field<Long> TAU =
            SECTION.number("tau", 0, MOST)
                    .otherwise(50L)
                    .numbered(40)
                    .says("Instructions that a page stays in the working set.");

    public static final Field<Long> CLEAR_EVERY =
            SECTION.number("clearEvery", 1, MOST)
                    .otherwise(50L)
                    .numbered(41)
                    .says("Instructions between clearings of all referenced bits, by nru.");

    public static final Field<Long> BITS =
            SECTION.count("bits", 1, 32).otherwise(8L).numbered(42).says("Bits of an age.");

    /** When ages are shifted. */
    public enum AgeAt {
        /** When a victim is chosen. */
        CHOICE,
        /** When the clock ticks among the accesses. */
        TICK
    }

    public static final Field<AgeAt> AGE_AT =
            SECTION.word("ageAt", AgeAt.class)
                    .otherwise(AgeAt.CHOICE)
                    .numbered(43)
                    .says("Whether ages shift at each choice, or at each tick among the accesses.");

    public static final Field<Long> K =
            SECTION.count("k", 1, 8).otherwise(2L).numbered(44).says("Uses that lru-k looks back.");

    public static final Field<Long> CORRELATED =
            SECTION.number("correlated", 0, MOST)
                    .otherwise(0L)
                    .numbered(45)
                    .says("Uses within which lru-k takes two of a page for one.");

    public static final Field<Long> HALVE_EVERY =
            SECTION.number("halveEvery", 0, MOST)
                    .otherwise(0L)
                    .numbered(46)
                    .says("Accesses after which lfu and mfu halve their counts; 0 for never.");

    /** {@link #REMEMBERED} without a bound. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    /** For {@code lirs} it may be {@link #UNBOUNDED}, which is null in JSON. */
    public static final Field<Long> REMEMBERED =
            SECTION.countOrNull("remembered", 1, 2000, UNBOUNDED)
                    .otherwise(100L)
                    .numbered(47)
                    .says("Pages remembered after they left, for each 100 frames.");

    public static final Field<Long> FIRST_IN =
            SECTION.count("firstIn", 1, 100)
                    .otherwise(25L)
                    .numbered(48)
                    .says("Hundredths of the frames for 2q's first queue.");

    public static final Field<Boolean> REFAULTS =
            SECTION.flag("refaults")
                    .otherwise(false)
                    .numbered(49)
                    .says("Whether a page that comes back soon to two-list is active at once.");

    /** The authors' program calls it move-to-main-threshold. */
    public static final Field<Long> MOVE_AFTER =
            SECTION.count("moveAfter", 1, 3)
                    .otherwise(2L)
                    .numbered(50)
                    .says("Uses after which s3-fifo moves a page to its main queue.");

    public static final Field<List<Integer>> NUMBERS =
            RANDOM.declare("numbers", new Type.Numbers(0, 100_000, 0, Integer.MAX_VALUE))
                    .otherwise(List.of())
                    .numbered(51)
                    .says("What random takes one after the other, over and over.");

    private Parameters() {}
}

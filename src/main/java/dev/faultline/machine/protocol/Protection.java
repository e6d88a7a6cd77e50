package dev.faultline.machine.protocol;

/**
 * What an area or entry allows: a mask of three bits, or the text {@code rwx} with {@code -} for
 * what is forbidden.
 */
public final class Protection {

    /** Reads are allowed. */
    public static final int READ = 1;

    /** Writes are allowed. */
    public static final int WRITE = 2;

    /** Instruction fetches are allowed. */
    public static final int EXECUTE = 4;

    /** Everything is allowed. */
    public static final int ALL = READ | WRITE | EXECUTE;

    private static final String LETTERS = "rwx";

    private Protection() {}

    /** Whether the text is {@code rwx} with any of its letters replaced by {@code -}. */
    public static boolean isWellFormed(String text) {
        return text.matches("[r-][w-][x-]");
    }

    /**
     * The mask for a text.
     *
     * @throws IllegalArgumentException if the text is not well-formed
     */
    public static int parse(String text) {
        if (!isWellFormed(text)) {
            throw new IllegalArgumentException("not a protection: " + text);
        }
        int mask = 0;
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if (text.charAt(bit) != '-') {
                mask |= 1 << bit;
            }
        }
        return mask;
    }

    /** The text for a mask. */
    public static String format(int mask) {
        StringBuilder text = new StringBuilder("---");
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((mask & 1 << bit) != 0) {
                text.setCharAt(bit, LETTERS.charAt(bit));
            }
        }
        return text.toString();
    }

    /** Whether a mask allows an operation, one of {@link Op}. */
    public static boolean allows(int mask, int op) {
        return (mask & 1 << op) != 0; // the bits stand in the order of Op
    }
}

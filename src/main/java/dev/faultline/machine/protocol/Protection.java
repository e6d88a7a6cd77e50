package dev.faultline.machine.protocol;

/** What an area allows, as a mask of three bits and as the text {@code rwx} with {@code -}. */
public final class Protection {

    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXECUTE = 4;
    public static final int ALL = READ | WRITE | EXECUTE;

    private static final String LETTERS = "rwx";

    private Protection() {}

    /** Whether text is {@code rwx} with some letters replaced by {@code -}. */
    public static boolean isWellFormed(String text) {
        return text.matches("[r-][w-][x-]");
    }

    /** The mask of well-formed text. */
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

    /** The text of a mask. */
    public static String format(int mask) {
        StringBuilder text = new StringBuilder("---");
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((mask & 1 << bit) != 0) {
                text.setCharAt(bit, LETTERS.charAt(bit));
            }
        }
        return text.toString();
    }

    public static boolean allows(int mask, int op) {
        return (mask & 1 << op) != 0; // the bits stand in the order of Op
    }
}

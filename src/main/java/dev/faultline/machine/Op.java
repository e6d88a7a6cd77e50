package dev.faultline.machine;

/** What an access does, as the two bits that stand on top of a packed access word. */
public final class Op {

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int EXECUTE = 2;

    private static final String[] NAMES = {"read", "write", "execute"};

    private Op() {}

    /** The operation of a word, which must be read, write or execute. */
    public static int of(String word) {
        return switch (word) {
            case "read" -> READ;
            case "write" -> WRITE;
            case "execute" -> EXECUTE;
            default -> throw new IllegalArgumentException("no operation " + word);
        };
    }

    /** The word for it: read, write or execute. */
    public static String name(int op) {
        return NAMES[op];
    }
}

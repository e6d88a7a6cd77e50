package dev.faultline.machine.protocol;

import java.util.List;

/** What an access does, as the two bits that stand on top of a packed access word. */
public final class Op {

    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int EXECUTE = 2;

    /** The clock interrupt, which stands among accesses and is none: its word is this alone. */
    public static final int TICK = 3;

    private static final List<String> NAMES = List.of("read", "write", "execute", "tick");

    private Op() {}

    /** The operation of a word, or -1 if it is none. */
    public static int of(String word) {
        return NAMES.indexOf(word);
    }

    /** The word for it: read, write, execute or tick. */
    public static String name(int op) {
        return NAMES.get(op);
    }

    /** The words for all, the last of which is tick. */
    public static List<String> names() {
        return NAMES;
    }
}

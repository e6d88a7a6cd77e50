package dev.faultline.machine.protocol;

import java.util.List;

/** The operation of an access: the top two bits of a packed access word. */
public final class Op {

    /** A read of data. */
    public static final int READ = 0;

    /** A write of data. */
    public static final int WRITE = 1;

    /** An instruction fetch. */
    public static final int EXECUTE = 2;

    /** The clock interrupt. It stands among accesses but is not one; its address is 0. */
    public static final int TICK = 3;

    private static final List<String> NAMES = List.of("read", "write", "execute", "tick");

    private Op() {}

    /** The operation with this name, or -1 if there is none. */
    public static int of(String word) {
        return NAMES.indexOf(word);
    }

    /** Its name: read, write, execute or tick. */
    public static String name(int op) {
        return NAMES.get(op);
    }

    /** All names, by operation; tick is the last. */
    public static List<String> names() {
        return NAMES;
    }
}

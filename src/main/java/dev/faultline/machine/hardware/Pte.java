package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Protection;

/**
 * A page-table entry, packed into a {@code long} as RISC-V's Sv39 does.
 *
 * <pre>
 *   63        42 41          10   9     8   7 6 5 4 3 2 1 0
 *  +------------+--------------+------+-----+-+-+-+-+-+-+-+-+
 *  | not used   | frame or slot| swap | cow |D|A|G|U|X|W|R|V|
 *  +------------+--------------+------+-----+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * The hardware looks at V, R, W, X and sets A and D; G is set in the kernel's own entries if they
 * are to stay in the TLB when processes are switched. {@code cow} is the kernel's own. When V is 0
 * the hardware ignores the rest, and the kernel keeps a swap slot there ({@code swap} set); 0 is an
 * entry that says nothing (lecture 16, "If valid bit is 0, MMU ignores the rest").
 */
public final class Pte {

    static final long VALID = 1;
    public static final long READ = 1 << 1;
    public static final long WRITE = 1 << 2;
    public static final long EXECUTE = 1 << 3;
    public static final long GLOBAL = 1 << 5;
    public static final long ACCESSED = 1 << 6;
    public static final long DIRTY = 1 << 7;
    public static final long COW = 1 << 8;
    static final long SWAPPED = 1 << 9;

    /** The bits that a TLB entry repeats. */
    public static final long HARDWARE = VALID | READ | WRITE | EXECUTE | ACCESSED | DIRTY;

    static final int NUMBER_SHIFT = 10;
    private static final long NUMBER_MASK = 0xFFFF_FFFFL;

    /** More than any entry has: a tick is no access, and nothing lets it go ahead. */
    static final long NO_ENTRY = -1;

    /** What an entry must have set before an access of each kind may go ahead. */
    private static final long[] PERMISSION = {
        VALID | READ, VALID | WRITE, VALID | EXECUTE, NO_ENTRY
    };

    private Pte() {}

    public static long resident(int frame, long permissions) {
        return (long) frame << NUMBER_SHIFT | permissions | VALID;
    }

    public static long swapped(int slot) {
        return (long) slot << NUMBER_SHIFT | SWAPPED;
    }

    public static boolean isValid(long pte) {
        return (pte & VALID) != 0;
    }

    public static boolean isSwapped(long pte) {
        return (pte & (VALID | SWAPPED)) == SWAPPED;
    }

    public static boolean isCow(long pte) {
        return (pte & COW) != 0;
    }

    public static boolean isDirty(long pte) {
        return (pte & DIRTY) != 0;
    }

    public static boolean allows(long pte, int op) {
        long needed = PERMISSION[op];
        return (pte & needed) == needed;
    }

    public static int frame(long pte) {
        return (int) (pte >>> NUMBER_SHIFT & NUMBER_MASK);
    }

    public static int slot(long pte) {
        return (int) (pte >>> NUMBER_SHIFT & NUMBER_MASK);
    }

    /** The same entry or permissions, but a write has to ask the kernel first. */
    public static long copyOnWrite(long pte) {
        return pte & ~WRITE | COW;
    }

    /** The permission bits of an area's protection. */
    public static long permissions(int protection) {
        return ((protection & Protection.READ) != 0 ? READ : 0)
                | ((protection & Protection.WRITE) != 0 ? WRITE : 0)
                | ((protection & Protection.EXECUTE) != 0 ? EXECUTE : 0);
    }
}

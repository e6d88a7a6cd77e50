package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Protection;

/**
 * A page-table entry packed into a {@code long}, as in RISC-V's Sv39.
 *
 * <pre>
 *   63        42 41          10   9     8   7 6 5 4 3 2 1 0
 *  +------------+--------------+------+-----+-+-+-+-+-+-+-+-+
 *  | not used   | frame or slot| swap | cow |D|A|G|U|X|W|R|V|
 *  +------------+--------------+------+-----+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * The hardware reads V, R, W and X, and sets A and D. G is set in the kernel's own entries if they
 * are to stay in the TLB across context switches. {@code cow} belongs to the kernel.
 *
 * <p>If V is 0 the hardware ignores the rest, and the kernel may keep a swap slot there, with
 * {@code swap} set (lecture 16, "If valid bit is 0, MMU ignores the rest"). 0 is an empty entry.
 */
public final class Pte {

    static final long VALID = 1;

    /** R: reads are allowed. */
    public static final long READ = 1 << 1;

    /** W: writes are allowed. */
    public static final long WRITE = 1 << 2;

    /** X: instruction fetches are allowed. */
    public static final long EXECUTE = 1 << 3;

    /** G: the entry belongs to every address space. */
    public static final long GLOBAL = 1 << 5;

    /** A: the page was accessed. */
    public static final long ACCESSED = 1 << 6;

    /** D: the page was written to. */
    public static final long DIRTY = 1 << 7;

    /** The page is copied when it is written to. */
    public static final long COW = 1 << 8;

    static final long SWAPPED = 1 << 9;

    /** The bits that a TLB entry repeats. */
    public static final long HARDWARE = VALID | READ | WRITE | EXECUTE | ACCESSED | DIRTY;

    static final int NUMBER_SHIFT = 10;
    private static final long NUMBER_MASK = 0xFFFF_FFFFL;

    /** More bits than any entry has: no entry lets a tick through, because it is not an access. */
    static final long NO_ENTRY = -1;

    /**
     * The bits that must be set before an access may go ahead, by {@link
     * dev.faultline.machine.protocol.Op}.
     */
    private static final long[] PERMISSION = {
        VALID | READ, VALID | WRITE, VALID | EXECUTE, NO_ENTRY
    };

    private Pte() {}

    /** A valid entry for a frame. */
    public static long resident(int frame, long permissions) {
        return (long) frame << NUMBER_SHIFT | permissions | VALID;
    }

    /** An invalid entry that names a swap slot. */
    public static long swapped(int slot) {
        return (long) slot << NUMBER_SHIFT | SWAPPED;
    }

    /** Whether the page is in memory and the hardware may use the entry. */
    public static boolean isValid(long pte) {
        return (pte & VALID) != 0;
    }

    /** Whether the entry names a swap slot. */
    public static boolean isSwapped(long pte) {
        return (pte & (VALID | SWAPPED)) == SWAPPED;
    }

    /** Whether a write copies the page. */
    public static boolean isCow(long pte) {
        return (pte & COW) != 0;
    }

    /** Whether the page was written to through this entry. */
    public static boolean isDirty(long pte) {
        return (pte & DIRTY) != 0;
    }

    /**
     * Whether the entry is valid and allows an operation, one of {@link
     * dev.faultline.machine.protocol.Op}.
     */
    public static boolean allows(long pte, int op) {
        long needed = PERMISSION[op];
        return (pte & needed) == needed;
    }

    /** The frame that a valid entry names. */
    public static int frame(long pte) {
        return (int) (pte >>> NUMBER_SHIFT & NUMBER_MASK);
    }

    /** The swap slot that an invalid entry names. */
    public static int slot(long pte) {
        return (int) (pte >>> NUMBER_SHIFT & NUMBER_MASK);
    }

    /** The same entry or permissions, so that a write faults and the kernel copies the page. */
    public static long copyOnWrite(long pte) {
        return pte & ~WRITE | COW;
    }

    /** The mask of {@link Protection} that an entry's permission bits stand for. */
    public static int protection(long pte) {
        return ((pte & READ) != 0 ? Protection.READ : 0)
                | ((pte & WRITE) != 0 ? Protection.WRITE : 0)
                | ((pte & EXECUTE) != 0 ? Protection.EXECUTE : 0);
    }

    /** The permission bits for a mask of {@link Protection}. */
    public static long permissions(int protection) {
        return ((protection & Protection.READ) != 0 ? READ : 0)
                | ((protection & Protection.WRITE) != 0 ? WRITE : 0)
                | ((protection & Protection.EXECUTE) != 0 ? EXECUTE : 0);
    }
}

package dev.faultline.machine;

import java.util.Collections;
import java.util.List;

/**
 * How real hardware lays a page-table entry out in a word. Sources: Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 3A, sections 4.3 (32-bit paging) and 4.5
 * (4-level paging); The RISC-V Instruction Set Manual, volume II, "Sv32", "Sv39" and "Sv48".
 *
 * <p>All pages are a user's. Bits that hardware leaves to the kernel are used as here: of an x86
 * entry, bit 9 says copy-on-write; of a RISC-V one, bit 8. An entry that is not present holds the
 * slot where the frame would be, marked by bit 10 (x86) or 9 (RISC-V).
 */
public enum EntryLayout {
    IA_32(4, 20, 2),
    X86_64(8, 32, 4),
    SV32(4, 22, 2),
    SV39(8, 32, 3),
    SV48(8, 32, 4);

    /** Bytes of a page under each of these. */
    public static final long PAGE = 4096;

    private static final int PAGE_SHIFT = 12;
    private static final int RISC_V_SHIFT = 10;
    private static final long RISC_V_USER = 1 << 4;

    private static final long PRESENT = 1;
    private static final long READ_WRITE = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long PAGE_SIZE = 1 << 7;
    private static final long COW = 1 << 9;
    private static final long SWAPPED = 1 << 10;
    private static final long EXECUTE_DISABLE = 1L << 63;

    private final int entryBytes;
    private final int frameBits;
    private final int levels;

    EntryLayout(int entryBytes, int frameBits, int levels) {
        this.entryBytes = entryBytes;
        this.frameBits = frameBits;
        this.levels = levels;
    }

    /** Bytes of an entry. */
    public int entryBytes() {
        return entryBytes;
    }

    /** Index bits of each level, root first: a node of each is a page. */
    public List<Integer> levels() {
        return Collections.nCopies(levels, Long.numberOfTrailingZeros(PAGE / entryBytes));
    }

    /** Frames, and slots, that an entry can tell apart here. */
    long mostFrames() {
        return 1L << frameBits;
    }

    /**
     * What an entry grants that is to grant {@code protection}: hardware cannot say everything. A
     * page that may be written to may be read on RISC-V, where W without R is reserved (as Linux
     * does in its protection map); on x86 whatever is present may be read, and executed too where
     * there is no bit against it (Intel SDM volume 3A, section 4.6).
     */
    int granted(int protection) {
        if (protection == 0) {
            return 0;
        }
        int read = isIntel() || (protection & Protection.WRITE) != 0 ? Protection.READ : 0;
        return protection | read | (this == IA_32 ? Protection.EXECUTE : 0);
    }

    private boolean isIntel() {
        return this == IA_32 || this == X86_64;
    }

    /** The word of a page's entry. */
    long word(long pte) {
        if (pte == 0) {
            return 0;
        }
        if (!isIntel()) {
            return Pte.isValid(pte) ? pte | RISC_V_USER : pte;
        }
        long number = (long) Pte.frame(pte) << PAGE_SHIFT;
        if (!Pte.isValid(pte)) {
            return number | SWAPPED;
        }
        boolean executable = (pte & Pte.EXECUTE) != 0;
        return number
                | PRESENT
                | USER
                | ((pte & Pte.WRITE) != 0 ? READ_WRITE : 0)
                | ((pte & Pte.ACCESSED) != 0 ? ACCESSED : 0)
                | (Pte.isDirty(pte) ? DIRTY : 0)
                | (Pte.isCow(pte) ? COW : 0)
                | (executable ? 0 : EXECUTE_DISABLE);
    }

    /** The word of a huge page's entry, at the last level but one. */
    long hugeWord(long pte) {
        return isIntel() ? word(pte) | PAGE_SIZE : word(pte);
    }

    /** The word of an entry that leads to a node at an address, or nowhere if that is 0. */
    long nodeWord(long address) {
        if (address == 0) {
            return 0;
        }
        return isIntel()
                ? address | PRESENT | READ_WRITE | USER
                : address >>> PAGE_SHIFT << RISC_V_SHIFT | Pte.VALID;
    }
}

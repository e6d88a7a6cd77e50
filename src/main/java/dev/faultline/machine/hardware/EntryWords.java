package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.EntryLayout;

import org.jspecify.annotations.Nullable;

/**
 * Page-table entries as the words of real hardware ({@link EntryLayout}).
 *
 * <p>All pages are a user's. Bits that hardware leaves to the kernel are used as here: of an x86
 * entry, bit 9 says copy-on-write; of a RISC-V one, bit 8. An entry that is not present holds the
 * slot where the frame would be, marked by bit 10 (x86) or 9 (RISC-V); that of a page in memory
 * that may not be touched is not present either, and marked by bit 8 (x86) or 5 (RISC-V).
 */
public final class EntryWords {

    private static final int PAGE_SHIFT = 12;
    private static final int RISC_V_SHIFT = 10;
    private static final long RISC_V_USER = 1 << 4;
    private static final long RISC_V_NO_ACCESS = 1 << 5;

    private static final long PRESENT = 1;
    private static final long READ_WRITE = 1 << 1;
    private static final long USER = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long PAGE_SIZE = 1 << 7;
    private static final long NO_ACCESS = 1 << 8;
    private static final long COW = 1 << 9;
    private static final long SWAPPED = 1 << 10;
    private static final long EXECUTE_DISABLE = 1L << 63;

    private EntryWords() {}

    /**
     * What an entry grants that is to grant {@code protection}: hardware cannot say everything. A
     * page that may be written to may be read on RISC-V, where W without R is reserved (as Linux
     * does in its protection map); on x86 whatever is present may be read, and executed too where
     * there is no bit against it (Intel SDM volume 3A, section 4.6).
     */
    public static int granted(@Nullable EntryLayout layout, int protection) {
        if (layout == null || protection == 0) {
            return protection;
        }
        int read = layout.isIntel() || (protection & Protection.WRITE) != 0 ? Protection.READ : 0;
        return protection | read | (layout == EntryLayout.IA_32 ? Protection.EXECUTE : 0);
    }

    /** The same reference with its word as the hardware has it. */
    public static TableReference as(EntryLayout layout, TableReference reference) {
        long word = reference.word();
        return reference.at(
                reference.address(),
                switch (reference.kind()) {
                    case NODE -> nodeWord(layout, word);
                    case HUGE_ENTRY -> hugeWord(layout, word);
                    default -> word(layout, word);
                });
    }

    /** The word of a page's entry. */
    static long word(EntryLayout layout, long pte) {
        if (pte == 0) {
            return 0;
        }
        if (grantsNothing(pte)) {
            return withoutAccess(layout, pte);
        }
        if (!layout.isIntel()) {
            return Pte.isValid(pte) ? pte | RISC_V_USER : pte;
        }
        long number = (long) Pte.frame(pte) << PAGE_SHIFT;
        if (!Pte.isValid(pte)) {
            return number | SWAPPED;
        }
        boolean barred = layout != EntryLayout.IA_32 && (pte & Pte.EXECUTE) == 0;
        return number
                | PRESENT
                | USER
                | ((pte & Pte.WRITE) != 0 ? READ_WRITE : 0)
                | marks(pte)
                | (barred ? EXECUTE_DISABLE : 0);
    }

    private static boolean grantsNothing(long pte) {
        return Pte.isValid(pte) && (pte & (Pte.READ | Pte.WRITE | Pte.EXECUTE)) == 0;
    }

    /**
     * The word of a page that is in memory and may not be touched. Hardware reads whatever is
     * present (x86), or takes an entry without rights for one that leads to a node (RISC-V), so the
     * entry is not present, and a bit that says "global" otherwise marks it, as Linux does for
     * {@code PROT_NONE}.
     */
    private static long withoutAccess(EntryLayout layout, long pte) {
        return layout.isIntel()
                ? (long) Pte.frame(pte) << PAGE_SHIFT | NO_ACCESS | marks(pte)
                : pte & ~Pte.VALID | RISC_V_NO_ACCESS;
    }

    private static long marks(long pte) {
        return ((pte & Pte.ACCESSED) != 0 ? ACCESSED : 0)
                | (Pte.isDirty(pte) ? DIRTY : 0)
                | (Pte.isCow(pte) ? COW : 0);
    }

    /** The word of a huge page's entry, at the last level but one. */
    static long hugeWord(EntryLayout layout, long pte) {
        return layout.isIntel() ? word(layout, pte) | PAGE_SIZE : word(layout, pte);
    }

    /** The word of an entry that leads to a node at an address, or nowhere if that is 0. */
    static long nodeWord(EntryLayout layout, long address) {
        if (address == 0) {
            return 0;
        }
        return layout.isIntel()
                ? address | PRESENT | READ_WRITE | USER
                : address >>> PAGE_SHIFT << RISC_V_SHIFT | Pte.VALID;
    }
}

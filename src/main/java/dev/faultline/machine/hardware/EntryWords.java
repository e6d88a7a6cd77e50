package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.EntryLayout;

import org.jspecify.annotations.Nullable;

/**
 * Page-table entries as the words of real hardware ({@link EntryLayout}).
 *
 * <p>Every page is a user page. The bits left to software are used as follows. Copy-on-write is bit
 * 9 on x86 and bit 8 on RISC-V. A swapped page's entry is not present: it holds the slot in place
 * of the frame and is marked by bit 10 (x86) or bit 9 (RISC-V). A page in memory that allows no
 * access is not present either, and is marked by bit 8 (x86) or bit 5 (RISC-V).
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
     * What an entry with this protection really grants, since hardware cannot express every
     * combination.
     *
     * <p>On RISC-V a writable page is also readable, because W without R is reserved; Linux's
     * protection map does the same. On x86 every present page is readable, and without an
     * execute-disable bit also executable (Intel SDM volume 3A, section 4.6).
     *
     * @param layout the hardware, or null for the machine's own format, which grants exactly {@code
     *     protection}
     */
    public static int granted(@Nullable EntryLayout layout, int protection) {
        if (layout == null || protection == 0) {
            return protection;
        }
        int read = layout.isIntel() || (protection & Protection.WRITE) != 0 ? Protection.READ : 0;
        return protection | read | (layout == EntryLayout.IA_32 ? Protection.EXECUTE : 0);
    }

    /** The same reference with its word in the hardware's format. */
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
     * The word of a page in memory that allows no access. On x86 a present page is readable; on
     * RISC-V an entry without R, W and X points to the next level. So the entry is not present and
     * uses the G bit as a mark, as Linux does for {@code PROT_NONE}.
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

    /** The word of a huge page's entry, in the second-to-last level. */
    static long hugeWord(EntryLayout layout, long pte) {
        return layout.isIntel() ? word(layout, pte) | PAGE_SIZE : word(layout, pte);
    }

    /** The word of an entry that points to the node at {@code address}, or 0 if that is 0. */
    static long nodeWord(EntryLayout layout, long address) {
        if (address == 0) {
            return 0;
        }
        return layout.isIntel()
                ? address | PRESENT | READ_WRITE | USER
                : address >>> PAGE_SHIFT << RISC_V_SHIFT | Pte.VALID;
    }
}

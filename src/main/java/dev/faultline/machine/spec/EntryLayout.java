package dev.faultline.machine.spec;

import java.util.Collections;
import java.util.List;

/**
 * How real hardware lays a page-table entry out in a word. Sources: Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 3A, sections 4.3 (32-bit paging) and 4.5
 * (4-level paging); The RISC-V Instruction Set Manual, volume II, "Sv32", "Sv39" and "Sv48". {@code
 * EntryWords} writes them.
 */
public enum EntryLayout {
    /** Four bytes, 20 bits of frame number, two levels. */
    IA_32(4, 20, 2),
    /** Eight bytes, four levels; 32 bits of the frame number are used here. */
    X86_64(8, 32, 4),
    /** Four bytes, 22 bits of frame number, two levels. */
    SV32(4, 22, 2),
    /** Eight bytes, three levels; 32 bits of the frame number are used here. */
    SV39(8, 32, 3),
    /** Eight bytes, four levels; 32 bits of the frame number are used here. */
    SV48(8, 32, 4);

    /** Bytes of a page under each of these. */
    public static final long PAGE = 4096;

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

    /** Index bits of each level, root first. A node of any level takes one page. */
    public List<Integer> levels() {
        return Collections.nCopies(levels, Long.numberOfTrailingZeros(PAGE / entryBytes));
    }

    /** The most frames, or slots, that an entry can name here. */
    long mostFrames() {
        return 1L << frameBits;
    }

    /** Whether it is one of the x86 family; else it is RISC-V's. */
    public boolean isIntel() {
        return this == IA_32 || this == X86_64;
    }
}

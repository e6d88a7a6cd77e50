package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A memory area (lecture 16, "Memory Area Descriptors"): what the kernel knows of a range of
 * addresses beside the page table. Private and anonymous: its pages begin as zeros and are copied
 * on write after a fork.
 *
 * @param start first address, page-aligned
 * @param length bytes asked for, at least 1; the area takes whole pages
 * @param protection a mask of {@link Protection}
 */
public record MemoryArea(long start, long length, int protection, Kind kind) {

    /** What an area is for. */
    public enum Kind {
        /** Memory that was asked for, at the making of the process or by {@link Command.Map}. */
        ANONYMOUS,
        /** Memory below which the process may fault: the kernel lowers its start then. */
        STACK,
        /** Memory that {@link Command.Brk} made. */
        HEAP
    }

    /** An anonymous area. */
    public MemoryArea(long start, long length, int protection) {
        this(start, length, protection, Kind.ANONYMOUS);
    }

    /** The first address after the last byte asked for. */
    public long end() {
        return start + length;
    }

    /** Bytes of the pages that the area takes. */
    public long bytesInPages(long pageSize) {
        return (length + pageSize - 1) / pageSize * pageSize;
    }

    boolean allows(int op) {
        return Protection.allows(protection, op);
    }

    /** The part from an address to below another, both inside. */
    MemoryArea part(long from, long to) {
        return new MemoryArea(from, to - from, protection, kind);
    }

    MemoryArea with(int newProtection) {
        return new MemoryArea(start, length, newProtection, kind);
    }

    /** Whether the two, of which the other is the higher, are one area to everybody. */
    boolean continuesIn(MemoryArea other, long pageSize) {
        return end() == other.start
                && other.start % pageSize == 0
                && protection == other.protection
                && kind == other.kind;
    }

    void save(StateWriter out) {
        out.writeLong(start);
        out.writeLong(length);
        out.writeInt(protection);
        out.writeInt(kind.ordinal());
    }

    static MemoryArea load(StateReader in) {
        return new MemoryArea(
                in.readLong(), in.readLong(), in.readInt(), Kind.values()[in.readInt()]);
    }
}

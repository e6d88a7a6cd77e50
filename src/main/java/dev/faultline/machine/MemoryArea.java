package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A memory area (lecture 16, "Memory Area Descriptors"): what the kernel knows of a range of
 * addresses beside the page table. Its pages begin as zeros. They are private, and copied on write
 * after a fork; or, with a name, those of the machine's shared memory of that name.
 *
 * @param start first address, page-aligned
 * @param length bytes asked for, at least 1; the area takes whole pages
 * @param protection a mask of {@link Protection}
 * @param name for {@link Kind#SHARED_MEMORY}, and null else
 * @param offset where in the shared memory the area begins, in bytes, page-aligned
 */
public record MemoryArea(
        long start, long length, int protection, Kind kind, @Nullable String name, long offset) {

    /** What an area is for. */
    public enum Kind {
        /** Memory that was asked for, at the making of the process or by {@link Command.Map}. */
        ANONYMOUS,
        /** Memory below which the process may fault: the kernel lowers its start then. */
        STACK,
        /** Memory that {@link Command.Brk} made. */
        HEAP,
        /** Memory that all who map its name share. */
        SHARED_MEMORY
    }

    /** An area with a name only if it is shared memory. */
    public MemoryArea {
        if ((kind == Kind.SHARED_MEMORY) != (name != null)) {
            throw new IllegalArgumentException("shared memory has a name, and nothing else has");
        }
    }

    /** An area of private memory. */
    public MemoryArea(long start, long length, int protection, Kind kind) {
        this(start, length, protection, kind, null, 0);
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

    /** The page of the shared memory that a page of this area is. */
    long sharedPage(long vpn, int offsetBits) {
        return vpn - (start - offset >> offsetBits);
    }

    boolean allows(int op) {
        return Protection.allows(protection, op);
    }

    /** The part from an address to below another, both inside. */
    MemoryArea part(long from, long to) {
        long newOffset = name == null ? 0 : offset + from - start;
        return new MemoryArea(from, to - from, protection, kind, name, newOffset);
    }

    MemoryArea with(int newProtection) {
        return new MemoryArea(start, length, newProtection, kind, name, offset);
    }

    /** Whether the two, of which the other is the higher, are one area to everybody. */
    boolean continuesIn(MemoryArea other, long pageSize) {
        return end() == other.start
                && other.start % pageSize == 0
                && protection == other.protection
                && kind == other.kind
                && Objects.equals(name, other.name)
                && (name == null || other.offset == offset + length);
    }

    void save(StateWriter out) {
        out.writeLong(start);
        out.writeLong(length);
        out.writeInt(protection);
        out.writeInt(kind.ordinal());
        out.writeString(name == null ? "" : name);
        out.writeLong(offset);
    }

    static MemoryArea load(StateReader in) {
        long start = in.readLong();
        long length = in.readLong();
        int protection = in.readInt();
        Kind kind = Kind.values()[in.readInt()];
        String name = in.readString();
        return new MemoryArea(
                start, length, protection, kind, name.isEmpty() ? null : name, in.readLong());
    }
}

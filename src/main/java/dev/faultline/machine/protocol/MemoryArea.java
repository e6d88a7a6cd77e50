package dev.faultline.machine.protocol;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A memory area (lecture 16, "Memory Area Descriptors"): what the kernel knows of a range of
 * addresses beside the page table.
 *
 * @param start first address, page-aligned
 * @param length bytes asked for, at least 1; the area takes whole pages
 * @param protection a mask of {@link Protection}
 * @param flags a mask of {@link #LOCKED}, {@link #SEQUENTIAL}, {@link #RANDOM}, {@link #ACCOUNTED}
 *     and {@link #HUGE}
 */
public record MemoryArea(long start, long length, int protection, Backing backing, int flags) {

    /** Its pages stay in memory (mlock). */
    public static final int LOCKED = 1;

    /** It will be read from one end to the other (madvise). */
    public static final int SEQUENTIAL = 2;

    /** It will be read here and there (madvise). */
    public static final int RANDOM = 4;

    /** Its pages may need a place in the store each, and are counted against it (VM_ACCOUNT). */
    public static final int ACCOUNTED = 8;

    /** Its pages are to be huge where they can (madvise). */
    public static final int HUGE = 16;

    /** An area without flags. */
    public MemoryArea(long start, long length, int protection, Backing backing) {
        this(start, length, protection, backing, 0);
    }

    /** An anonymous, private area. */
    public MemoryArea(long start, long length, int protection) {
        this(start, length, protection, Backing.ANONYMOUS);
    }

    /** The first address after the last byte asked for. */
    public long end() {
        return start + length;
    }

    /** Bytes of the pages that the area takes; a segment that grows down may begin inside one. */
    public long bytesInPages(long pageSize) {
        return (end() + pageSize - 1 & -pageSize) - (start & -pageSize);
    }

    public Backing.Kind kind() {
        return backing.kind();
    }

    public boolean isShared() {
        return backing.shared();
    }

    /** The same, marked if a process may fill its pages with bytes of its own. */
    public MemoryArea accounted() {
        boolean writable = (protection & Protection.WRITE) != 0;
        return writable && !isShared() ? withFlags(flags | ACCOUNTED) : this;
    }

    /** Pages that it has been promised a place for. */
    public long promisedPages(long pageSize) {
        return has(ACCOUNTED) ? bytesInPages(pageSize) / pageSize : 0;
    }

    /** Whether it has a flag. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /**
     * Whether its pages are those of a file or of shared memory, at least until they are copied.
     */
    public boolean hasObject() {
        return backing.name() != null;
    }

    /** The page of the file or the shared memory that a page of this area is. */
    public long objectPage(long vpn, int offsetBits) {
        return vpn - (start - backing.offset() >> offsetBits);
    }

    /** The part from an address to below another, both inside. */
    public MemoryArea part(long from, long to) {
        return new MemoryArea(from, to - from, protection, backing.later(from - start), flags);
    }

    /** The same area, its end or its start moved so that it lies so. */
    public MemoryArea at(long newStart, long newLength) {
        return new MemoryArea(newStart, newLength, protection, backing, flags);
    }

    public MemoryArea with(int newProtection) {
        return new MemoryArea(start, length, newProtection, backing, flags);
    }

    public MemoryArea withFlags(int newFlags) {
        return new MemoryArea(start, length, protection, backing, newFlags);
    }

    /** Whether the two, of which the other is the higher, are one area to everybody. */
    public boolean continuesIn(MemoryArea other, long pageSize) {
        return end() == other.start
                && other.start % pageSize == 0
                && protection == other.protection
                && flags == other.flags
                && backing.continuesIn(other.backing, length);
    }

    public void save(StateWriter out) {
        out.writeLong(start);
        out.writeLong(length);
        out.writeInt(protection);
        backing.save(out);
        out.writeInt(flags);
    }

    public static MemoryArea load(StateReader in) {
        return new MemoryArea(
                in.readLong(), in.readLong(), in.readInt(), Backing.load(in), in.readInt());
    }
}

package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A memory area (lecture 16, "Memory Area Descriptors"): what the kernel knows about a range of
 * addresses, beside the page table.
 *
 * @param start first address, page-aligned
 * @param length bytes asked for, at least 1; the area takes whole pages
 * @param protection a mask of {@link Protection}
 * @param flags a mask of {@link #LOCKED}, {@link #SEQUENTIAL}, {@link #RANDOM}, {@link #ACCOUNTED}
 *     and {@link #HUGE}
 */
public record MemoryArea(
        @Numbered(1) long start,
        @Numbered(2) long length,
        @Numbered(3) int protection,
        @Numbered(4) Backing backing,
        @Numbered(5) int flags) {

    /** Its pages stay in memory (mlock). */
    public static final int LOCKED = 1;

    /** It will be read from one end to the other (madvise). */
    public static final int SEQUENTIAL = 2;

    /** It will be read in no particular order (madvise). */
    public static final int RANDOM = 4;

    /**
     * Each of its pages may need a place in the store and counts against overcommit (VM_ACCOUNT).
     */
    public static final int ACCOUNTED = 8;

    /** Use huge pages where possible (madvise). */
    public static final int HUGE = 16;

    /** An area without flags. */
    public MemoryArea(long start, long length, int protection, Backing backing) {
        this(start, length, protection, backing, 0);
    }

    /** A private anonymous area. */
    public MemoryArea(long start, long length, int protection) {
        this(start, length, protection, Backing.ANONYMOUS);
    }

    /** The first address after the last byte asked for. */
    public long end() {
        return start + length;
    }

    /**
     * Bytes of the pages that the area occupies. A segment that grows down may start within a page.
     */
    public long bytesInPages(long pageSize) {
        return (end() + pageSize - 1 & -pageSize) - (start & -pageSize);
    }

    /** What the area is for. */
    public Backing.Kind kind() {
        return backing.kind();
    }

    /** Whether everyone who maps its backing sees the same writes. */
    public boolean isShared() {
        return backing.shared();
    }

    /** The same area, marked {@link #ACCOUNTED} if it is private and writable. */
    public MemoryArea accounted() {
        boolean writable = (protection & Protection.WRITE) != 0;
        return writable && !isShared() ? withFlags(flags | ACCOUNTED) : this;
    }

    /** The number of pages it counts against overcommit. */
    public long promisedPages(long pageSize) {
        return has(ACCOUNTED) ? bytesInPages(pageSize) / pageSize : 0;
    }

    /** Whether it has a flag. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Whether its pages come from a file or shared memory, at least until they are copied. */
    public boolean hasObject() {
        return backing.name() != null;
    }

    /**
     * The page of the file or shared memory that {@code vpn} maps.
     *
     * @param vpn a page of this area
     * @param offsetBits the bits of an offset within a page
     */
    public long objectPage(long vpn, int offsetBits) {
        return vpn - (start - backing.offset() >> offsetBits);
    }

    /**
     * The part from address {@code from} up to but not including {@code to}, both inside the area.
     */
    public MemoryArea part(long from, long to) {
        return new MemoryArea(from, to - from, protection, backing.later(from - start), flags);
    }

    /** The same area with another start and length; the backing's offset does not change. */
    public MemoryArea at(long newStart, long newLength) {
        return new MemoryArea(newStart, newLength, protection, backing, flags);
    }

    /** The same area with another protection. */
    public MemoryArea with(int newProtection) {
        return new MemoryArea(start, length, newProtection, backing, flags);
    }

    /** The same area with other flags. */
    public MemoryArea withFlags(int newFlags) {
        return new MemoryArea(start, length, protection, backing, newFlags);
    }

    /** Whether this area and {@code other}, the next higher one, can be joined into one. */
    public boolean continuesIn(MemoryArea other, long pageSize) {
        return end() == other.start
                && other.start % pageSize == 0
                && protection == other.protection
                && flags == other.flags
                && backing.continuesIn(other.backing, length);
    }

    /** Saves the area. */
    public void save(StateWriter out) {
        out.writeLong(start);
        out.writeLong(length);
        out.writeInt(protection);
        backing.save(out);
        out.writeInt(flags);
    }

    /** Reads an area back. */
    public static MemoryArea load(StateReader in) {
        return new MemoryArea(
                in.readLong(), in.readLong(), in.readInt(), Backing.load(in), in.readInt());
    }
}

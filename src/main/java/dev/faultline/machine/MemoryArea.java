package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A memory area (lecture 16, "Memory Area Descriptors"): what the kernel knows of a range of
 * addresses beside the page table. Private and anonymous: its pages begin as zeros and are copied
 * on write after a fork.
 *
 * @param start first address, page-aligned
 * @param length bytes asked for; the area takes whole pages
 * @param protection a mask of {@link Protection}
 */
public record MemoryArea(long start, long length, int protection) {

    /** The first address after the last byte asked for. */
    public long end() {
        return start + length;
    }

    boolean allows(int op) {
        return Protection.allows(protection, op);
    }

    void save(StateWriter out) {
        out.writeLong(start);
        out.writeLong(length);
        out.writeInt(protection);
    }

    static MemoryArea load(StateReader in) {
        return new MemoryArea(in.readLong(), in.readLong(), in.readInt());
    }
}

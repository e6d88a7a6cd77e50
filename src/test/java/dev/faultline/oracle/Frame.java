package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** A physical frame: its bytes, the entries that map it, and the slot that holds the same bytes. */
final class Frame {

    final int number;

    byte[] bytes = new byte[0];
    final List<PageEntry> mappings = new ArrayList<>();

    /** The slot the frame is bound to: a copy in the store that is still good. */
    @Nullable Slot slot;

    /**
     * True if an entry with a dirty bit has been removed while others stayed. The contents are
     * newer than the store although no bit that is left says so.
     */
    boolean dirtyBefore;

    /** When the frame was loaded and when it was last used, in a count that only grows. */
    long loadedAt;

    long usedAt;

    Frame(int number) {
        this.number = number;
    }

    boolean isDirty() {
        return dirtyBefore || mappings.stream().anyMatch(entry -> entry.dirty);
    }

    boolean isAccessed() {
        return mappings.stream().anyMatch(entry -> entry.accessed);
    }

    /**
     * Clears the accessed bit of all who map it; what the TLB has of it may not hide the next use.
     */
    void forgetUse(SlowTlb tlb) {
        for (PageEntry entry : mappings) {
            entry.accessed = false;
            tlb.drop(entry.pid, entry.vpn);
        }
    }
}

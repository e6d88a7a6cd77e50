package dev.faultline.machine.hardware;

import org.jspecify.annotations.Nullable;

/**
 * The backing store: swap slots of one page each, and the bytes in them. It grows as slots are
 * used.
 */
public class BackingStore extends PageStore {

    /** An empty store, with slots of {@code pageSize} bytes. */
    public BackingStore(long pageSize, HostBudget budget) {
        super(0, pageSize, budget);
    }

    /** Writes a page's bytes to a slot; null stands for zeros. */
    public void writePage(int slot, @Nullable PageBytes bytes) {
        if (slot >= size()) {
            grow(Math.max(slot + 1, size() + size() / 2));
        }
        fill(slot, bytes);
    }

    /** Frees a slot's bytes. */
    public void discard(int slot) {
        fill(slot, null);
    }
}

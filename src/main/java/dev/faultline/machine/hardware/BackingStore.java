package dev.faultline.machine.hardware;

import org.jspecify.annotations.Nullable;

/** The disk that pages go to: slots of one page each, and the bytes in them. */
public class BackingStore extends PageStore {

    public BackingStore(long pageSize, HostBudget budget) {
        super(0, pageSize, budget);
    }

    /** Writes a page's bytes to a slot. */
    public void writePage(int slot, @Nullable PageBytes bytes) {
        if (slot >= size()) {
            grow(Math.max(slot + 1, size() + size() / 2));
        }
        fill(slot, bytes);
    }

    /** The slot is given back; its bytes are gone. */
    public void discard(int slot) {
        fill(slot, null);
    }
}

package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The kernel's swap map: for each slot of the backing store, how many page-table entries name it,
 * and which frame, if any, is a clean copy of it. A slot with neither is free. The lowest free slot
 * is taken first.
 */
final class SwapSpace {

    static final int NONE = -1;

    private final int slots;
    private final BitSet taken = new BitSet();
    private int lowestFree;
    private int usedCount;
    private int[] entries = {};
    private int[] frame = {};

    SwapSpace(int slots) {
        this.slots = slots;
    }

    int size() {
        return slots;
    }

    /** Host bytes of the map. */
    long hostBytes() {
        return 2L * Integer.BYTES * entries.length + taken.size() / Byte.SIZE;
    }

    /** The most host memory, in bytes, that taking {@code more} slots needs. */
    long growth(long more) {
        long needed = Math.min(slots, usedCount + more);
        long size = Math.max(needed, Math.min(slots, 16 + 2 * needed));
        return needed <= entries.length ? 0 : 2 * Integer.BYTES * size + size / Byte.SIZE * 2;
    }

    int used() {
        return usedCount;
    }

    boolean isFull() {
        return usedCount == slots;
    }

    /** Takes the lowest free slot, or returns {@link #NONE}. */
    int take() {
        if (isFull()) {
            return NONE;
        }
        int slot = taken.nextClearBit(lowestFree);
        taken.set(slot);
        lowestFree = slot + 1;
        usedCount++;
        makeRoom(slot);
        return slot;
    }

    /** The number of page-table entries that name a slot. */
    int entries(int slot) {
        return entries[slot];
    }

    void addEntry(int slot) {
        entries[slot]++;
    }

    /** Records that one entry fewer names the slot. Returns whether that freed it. */
    boolean removeEntry(int slot) {
        entries[slot]--;
        return freeIfUnused(slot);
    }

    /** The frame that is a clean copy of a slot, or {@link #NONE}. */
    int frame(int slot) {
        return frame[slot];
    }

    void bindFrame(int slot, int copy) {
        frame[slot] = copy;
    }

    /** Records that no frame is a copy of the slot any more. Returns whether that freed it. */
    boolean unbindFrame(int slot) {
        frame[slot] = NONE;
        return freeIfUnused(slot);
    }

    private boolean freeIfUnused(int slot) {
        if (entries[slot] > 0 || frame[slot] != NONE) {
            return false;
        }
        taken.clear(slot);
        lowestFree = Math.min(lowestFree, slot);
        usedCount--;
        return true;
    }

    private void makeRoom(int slot) {
        int old = entries.length;
        if (slot >= old) {
            int size = Math.max(slot + 1, Math.min(slots, 16 + 2 * old));
            entries = Arrays.copyOf(entries, size);
            frame = Arrays.copyOf(frame, size);
            Arrays.fill(frame, old, size, NONE);
        }
    }

    /** The first used slot from a number on, or {@link #NONE}. */
    int nextUsed(int from) {
        return taken.nextSetBit(from);
    }

    void save(StateWriter out) {
        out.writeInt(usedCount);
        for (int slot = nextUsed(0); slot != NONE; slot = nextUsed(slot + 1)) {
            out.writeInt(slot);
            out.writeInt(entries[slot]);
            out.writeInt(frame[slot]);
        }
    }

    void load(StateReader in) {
        usedCount = in.readInt();
        for (int i = 0; i < usedCount; i++) {
            int slot = in.readInt();
            taken.set(slot);
            makeRoom(slot);
            entries[slot] = in.readInt();
            frame[slot] = in.readInt();
        }
        lowestFree = 0;
    }
}

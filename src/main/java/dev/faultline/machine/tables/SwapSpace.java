package dev.faultline.machine.tables;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The kernel's swap map: for each slot of the backing store, how many page-table entries name it,
 * and which frame, if any, is a clean copy of it. A slot with neither is free. The lowest free slot
 * is taken first.
 */
public final class SwapSpace {

    /** No slot and no frame. */
    public static final int NONE = -1;

    private final int slots;
    private final BitSet taken = new BitSet();
    private int lowestFree;
    private int usedCount;
    private int[] entries = {};
    private int[] frame = {};

    /** A store of {@code slots} slots, all free. */
    public SwapSpace(int slots) {
        this.slots = slots;
    }

    /** The number of slots. */
    public int size() {
        return slots;
    }

    /** Host bytes of the map. */
    public long hostBytes() {
        return 2L * Integer.BYTES * entries.length + taken.size() / Byte.SIZE;
    }

    /** The most host memory, in bytes, that taking {@code more} slots needs. */
    public long growth(long more) {
        long needed = Math.min(slots, usedCount + more);
        long size = Math.max(needed, Math.min(slots, 16 + 2 * needed));
        return needed <= entries.length ? 0 : 2 * Integer.BYTES * size + size / Byte.SIZE * 2;
    }

    /** The number of used slots. */
    public int used() {
        return usedCount;
    }

    /** Whether no slot is free. */
    public boolean isFull() {
        return usedCount == slots;
    }

    /** Takes the lowest free slot, or returns {@link #NONE}. */
    public int take() {
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
    public int entries(int slot) {
        return entries[slot];
    }

    /** One more page-table entry names a slot. */
    public void addEntry(int slot) {
        entries[slot]++;
    }

    /** Records that one entry fewer names the slot. Returns whether that freed it. */
    public boolean removeEntry(int slot) {
        entries[slot]--;
        return freeIfUnused(slot);
    }

    /** The frame that is a clean copy of a slot, or {@link #NONE}. */
    public int frame(int slot) {
        return frame[slot];
    }

    /** A frame holds a copy of a slot from now on, or none ({@link #NONE}). */
    public void bindFrame(int slot, int copy) {
        frame[slot] = copy;
    }

    /** Records that no frame is a copy of the slot any more. Returns whether that freed it. */
    public boolean unbindFrame(int slot) {
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
    public int nextUsed(int from) {
        return taken.nextSetBit(from);
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        out.writeInt(usedCount);
        for (int slot = nextUsed(0); slot != NONE; slot = nextUsed(slot + 1)) {
            out.writeInt(slot);
            out.writeInt(entries[slot]);
            out.writeInt(frame[slot]);
        }
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
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

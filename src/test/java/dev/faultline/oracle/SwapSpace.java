package dev.faultline.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The backing store: who names each slot, which frame it is bound to, and which are free. */
final class SwapSpace {

    private final List<Slot> slots = new ArrayList<>();
    private final TreeSet<Integer> free = new TreeSet<>();

    SwapSpace(int count) {
        for (int number = 0; number < count; number++) {
            slots.add(new Slot(number));
            free.add(number);
        }
    }

    boolean hasFreeSlot() {
        return !free.isEmpty();
    }

    int usedSlots() {
        return slots.size() - free.size();
    }

    /** The lowest free slot. It becomes used when it is first named or bound. */
    Slot lowestFree() {
        return slots.get(free.first());
    }

    /** Makes the entry name the slot. */
    void name(PageEntry entry, Slot slot) {
        entry.slot = slot;
        slot.namedBy.add(entry);
        update(slot);
    }

    /** Makes the entry name no slot. */
    void unname(PageEntry entry) {
        Slot slot = entry.slot;
        if (slot != null) {
            entry.slot = null;
            slot.namedBy.remove(entry);
            update(slot);
        }
    }

    /** Notes that the frame and the slot hold the same bytes. */
    void bind(Frame frame, Slot slot) {
        frame.slot = slot;
        slot.boundTo = frame;
        update(slot);
    }

    /** Ends the frame's binding, if it has one. */
    void unbind(Frame frame) {
        Slot slot = frame.slot;
        if (slot != null) {
            frame.slot = null;
            slot.boundTo = null;
            update(slot);
        }
    }

    private void update(Slot slot) {
        if (slot.isFree()) {
            free.add(slot.number);
        } else {
            free.remove(slot.number);
        }
    }
}

package dev.faultline.machine.hardware;

/** A page of a page table's entries, in a frame or in a slot of the backing store. */
public final class TablePage {

    /** No frame, and no slot. */
    static final int NONE = -1;

    private final int asid;
    private final long number;
    private final PageTable table;
    private final BackingStore store;
    private final int bits;
    private final long pageSize;
    private int frame = NONE;
    private int slot = NONE;

    /** Its entries that map a frame. */
    private int valid;

    /**
     * A page of a table, which is nowhere yet.
     *
     * @param number its number, counted in pages of entries
     * @param bits the bits of a page number that select an entry in it
     */
    TablePage(int asid, long number, PageTable table, BackingStore store, int bits, long pageSize) {
        this.asid = asid;
        this.number = number;
        this.table = table;
        this.store = store;
        this.bits = bits;
        this.pageSize = pageSize;
    }

    /** Puts the page where it was when it was saved. */
    TablePage at(int savedFrame, int savedSlot) {
        frame = savedFrame;
        slot = savedSlot;
        return this;
    }

    long number() {
        return number;
    }

    /** The frame that holds it, or {@link #NONE}. */
    int frame() {
        return frame;
    }

    /** The slot that holds it, or {@link #NONE}. */
    int slot() {
        return slot;
    }

    boolean isStored() {
        return slot != NONE;
    }

    /** The address space of its table. */
    public int asid() {
        return asid;
    }

    /** Whether it can be swapped out: none of its entries maps a frame. */
    public boolean mayLeave() {
        return valid == 0;
    }

    /** An entry becomes another: counts those that map a frame. */
    void entryChanges(long from, long to) {
        valid += (Pte.isValid(to) ? 1 : 0) - (Pte.isValid(from) ? 1 : 0);
    }

    /** The first page whose entry it holds. */
    long firstVpn() {
        return number << bits;
    }

    /** The first page behind those whose entries it holds. */
    long endVpn() {
        return number + 1 << bits;
    }

    /** Moves its entries to a slot. */
    public void leave(int newSlot) {
        PageBytes bytes = new PageBytes(pageSize);
        for (long at = 0; at < pageSize; at += PageBytes.BLOCK) {
            bytes.put(at, (byte) 0); // so that the kernel has room to change entries there
        }
        long first = firstVpn();
        long[] pages = table.pages(first, endVpn(), pte -> true);
        for (long vpn : pages) {
            long pte = table.get(vpn);
            for (int i = 0; i < 8; i++) {
                bytes.put((vpn - first) * 8 + i, (byte) (pte >>> 8 * i));
            }
            table.set(vpn, 0);
        }
        store.writePage(newSlot, bytes);
        frame = NONE;
        slot = newSlot;
    }

    /** Reads its entries back into a frame. Answers the slot in which they were. */
    int comeBack(int newFrame) {
        int from = slot;
        for (long vpn = firstVpn(); vpn < endVpn(); vpn++) {
            long pte = entryInStore(vpn);
            if (pte != 0) {
                table.set(vpn, pte);
            }
        }
        frame = newFrame;
        slot = NONE;
        return from;
    }

    /** An entry, while the page is in a slot. */
    long entryInStore(long vpn) {
        return store.read(slot, (vpn - firstVpn()) * 8, 8);
    }

    /** Writes an entry, while the page is in a slot. */
    void writeInStore(long vpn, long pte) {
        if (!store.write(slot, (vpn - firstVpn()) * 8, 8, pte)) {
            throw new IllegalStateException("TablePage: no room for stored entries");
        }
    }
}

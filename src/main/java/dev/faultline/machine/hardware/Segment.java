package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A segment: a range of addresses that is in memory as one piece or not at all. The hardware knows
 * its base, limits and permissions, and whether it is present, accessed or dirty. The kernel keeps
 * an entry for each page-sized unit, which says where that unit is.
 */
public final class Segment {

    private final int number;
    private final boolean growsDown;

    /** The first page of the segment. */
    private long firstPage;

    private long[] entries;

    /** The base of a segment that is not in memory. */
    private static final int NOWHERE = -1;

    /** The first address, and the first address after the last. */
    private long start;

    private long end;

    private long permissions;
    private int base = NOWHERE;
    private int present;
    private boolean accessed;
    private boolean dirty;

    /** When it was brought into memory: a number that grows with each segment loaded. */
    private long loaded;

    Segment(int number, MemoryArea area, int offsetBits) {
        this.number = number;
        growsDown = area.kind() == Backing.Kind.STACK;
        entries = new long[0];
        cover(area, offsetBits);
        permissions = Pte.permissions(area.protection());
    }

    /** Takes the extent of an area. Pages that it had before keep their entries. */
    void cover(MemoryArea area, int offsetBits) {
        long newFirst = area.start() >>> offsetBits;
        long pages = (area.end() - 1 >>> offsetBits) - newFirst + 1;
        long[] larger = new long[Math.toIntExact(pages)];
        for (int i = 0; i < larger.length; i++) {
            long old = newFirst + i - firstPage;
            larger[i] = old >= 0 && old < entries.length ? entries[(int) old] : 0;
        }
        entries = larger;
        firstPage = newFirst;
        start = area.start();
        end = area.end();
        count();
    }

    private void count() {
        present = 0;
        base = NOWHERE;
        for (int i = entries.length - 1; i >= 0; i--) {
            if (Pte.isValid(entries[i])) {
                present++;
                base = Pte.frame(entries[i]) - i;
            }
        }
    }

    /** Its index in the segment table. */
    public int number() {
        return number;
    }

    /** Whether it grows down, as a stack does. */
    public boolean growsDown() {
        return growsDown;
    }

    /** Its first page. */
    public long firstPage() {
        return firstPage;
    }

    /** The number of its pages. */
    public int pages() {
        return entries.length;
    }

    /** Its first address. */
    public long start() {
        return start;
    }

    /** The first address after its last. */
    public long end() {
        return end;
    }

    /** Its permission bits, as in {@link Pte}. */
    public long permissions() {
        return permissions;
    }

    /** The frame of its first page; valid only while it is in memory. */
    public int base() {
        return base;
    }

    /** Whether all of it is in memory. */
    public boolean isPresent() {
        return present == entries.length;
    }

    /** Whether all of it is in memory except {@code pages} pages, which it has just gained. */
    public boolean isPresentBut(int pages) {
        return present == entries.length - pages;
    }

    boolean isAccessed() {
        return accessed;
    }

    boolean isDirty() {
        return dirty;
    }

    /** When it was brought into memory: a larger number means later. */
    public long loaded() {
        return loaded;
    }

    /**
     * Records that it is about to be brought into memory, and clears its accessed and dirty bits.
     *
     * @param newLoaded the next number of {@link #loaded}
     */
    public void load(long newLoaded) {
        loaded = newLoaded;
        accessed = false;
        dirty = false;
    }

    /** Whether an access goes ahead and changes no bit. */
    boolean isReady(int op) {
        return isPresent()
                && accessed
                && (op != Op.WRITE || dirty)
                && Pte.allows(permissions | Pte.VALID, op);
    }

    /** Sets the accessed bit, and for a write the dirty bit. */
    void use(boolean write) {
        accessed = true;
        dirty |= write;
    }

    boolean holds(long vpn) {
        return vpn >= firstPage && vpn - firstPage < entries.length;
    }

    /** The entry of a page, with the segment's permissions and bits if it is in memory. */
    public long get(long vpn) {
        long entry = entries[(int) (vpn - firstPage)];
        return !Pte.isValid(entry)
                ? entry
                : entry | permissions | (accessed ? Pte.ACCESSED : 0) | (dirty ? Pte.DIRTY : 0);
    }

    /** Sets the entry of a page. A valid entry also sets the segment's permissions. */
    public void set(long vpn, long pte) {
        int at = (int) (vpn - firstPage);
        boolean before = Pte.isValid(entries[at]);
        boolean after = Pte.isValid(pte);
        present += (after ? 1 : 0) - (before ? 1 : 0);
        if (after) {
            base = Pte.frame(pte) - at;
            permissions = pte & (Pte.READ | Pte.WRITE | Pte.EXECUTE);
            accessed = (pte & Pte.ACCESSED) != 0;
            dirty |= Pte.isDirty(pte);
        }
        entries[at] = after ? Pte.resident(Pte.frame(pte), 0) : pte;
    }

    /** Changes its permission bits. */
    public void permit(long newPermissions) {
        permissions = newPermissions;
    }

    /** Moves all its pages to consecutive frames from {@code newBase}. */
    public void move(int newBase) {
        base = newBase;
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Pte.resident(newBase + i, 0);
        }
    }

    void save(StateWriter out) {
        out.writeInt(number);
        out.writeLong(loaded);
        out.writeLong(permissions);
        out.writeBoolean(accessed);
        out.writeBoolean(dirty);
    }

    void restore(StateReader in) {
        loaded = in.readLong();
        permissions = in.readLong();
        accessed = in.readBoolean();
        dirty = in.readBoolean();
    }
}

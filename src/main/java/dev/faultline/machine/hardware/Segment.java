package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * A range of addresses that is in memory in one piece, or not at all. The hardware knows its base,
 * its limits, what it allows, and whether it is there, was used, was written to; the entries, one
 * for as much as a frame holds, are the kernel's, which keeps in them where each part has gone.
 */
public final class Segment {

    private final int number;
    private final boolean growsDown;

    /** The first page that the segment has, and what is below it in the space is not its. */
    private long firstPage;

    private long[] entries;

    /** The base of a segment that is not in memory. */
    private static final int NOWHERE = -1;

    /** The first address, and the first one behind the last. */
    private long start;

    private long end;

    private long permissions;
    private int base = NOWHERE;
    private int present;
    private boolean accessed;
    private boolean dirty;

    /** Grows with each segment of the machine that is brought into memory. */
    private long loaded;

    Segment(int number, MemoryArea area, int offsetBits) {
        this.number = number;
        growsDown = area.kind() == Backing.Kind.STACK;
        entries = new long[0];
        cover(area, offsetBits);
        permissions = Pte.permissions(area.protection());
    }

    /** Takes the extent of an area; the pages that it had and has still are as they were. */
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

    /** Its place in the segment table. */
    public int number() {
        return number;
    }

    public boolean growsDown() {
        return growsDown;
    }

    public long firstPage() {
        return firstPage;
    }

    public int pages() {
        return entries.length;
    }

    public long start() {
        return start;
    }

    public long end() {
        return end;
    }

    public long permissions() {
        return permissions;
    }

    /** The frame that its first page is in, if it is in memory. */
    public int base() {
        return base;
    }

    public boolean isPresent() {
        return present == entries.length;
    }

    /** Whether all of it is in memory but for so many pages that it has just got. */
    public boolean isPresentBut(int pages) {
        return present == entries.length - pages;
    }

    boolean isAccessed() {
        return accessed;
    }

    boolean isDirty() {
        return dirty;
    }

    public long loaded() {
        return loaded;
    }

    /** The segment is about to be brought into memory, as the machine's so-many-th. */
    public void load(long newLoaded) {
        loaded = newLoaded;
        accessed = false;
        dirty = false;
    }

    /** Whether an access goes ahead and leaves nothing to mark but that it was. */
    boolean isReady(int op) {
        return isPresent()
                && accessed
                && (op != Op.WRITE || dirty)
                && Pte.allows(permissions | Pte.VALID, op);
    }

    /** What the hardware marks when it lets an access go ahead. */
    void use(boolean write) {
        accessed = true;
        dirty |= write;
    }

    boolean holds(long vpn) {
        return vpn >= firstPage && vpn - firstPage < entries.length;
    }

    /** A page's entry, with what the hardware has marked of the whole. */
    public long get(long vpn) {
        long entry = entries[(int) (vpn - firstPage)];
        return !Pte.isValid(entry)
                ? entry
                : entry | permissions | (accessed ? Pte.ACCESSED : 0) | (dirty ? Pte.DIRTY : 0);
    }

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

    public void permit(long newPermissions) {
        permissions = newPermissions;
    }

    /** The frame that the segment would be in if it began at another, for all its pages. */
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

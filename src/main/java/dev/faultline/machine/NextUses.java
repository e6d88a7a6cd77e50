package dev.faultline.machine;

import dev.faultline.machine.replacement.ReplacementPolicy;

import java.util.Arrays;

/**
 * The future of a string of accesses: for each access, where its page is accessed next; for each
 * page, where it is first accessed. It is built in one pass from the last access to the first, with
 * a hash table of the pages.
 */
final class NextUses {

    private static final int NEVER = ReplacementPolicy.NEVER;

    /** Host bytes of a place of the hash table: a page, its owner and its first use. */
    private static final long HOST_BYTES_PER_PLACE = Long.BYTES + 2 * Integer.BYTES;

    /** For each access so far, in order, the position of the next use of its page. */
    private int[] nextUse;

    /** The index of the first access, which was added last; there is room before it. */
    private int first;

    private long[] pages = new long[64];
    private int[] asids = new int[64];

    /** The position of each page's first use. */
    private int[] uses = new int[64];

    private int count;

    /** The hash-table place of the page that was added last. */
    private int latest;

    private final HostAccount account;

    /** Room for {@code expected} accesses at first; more is requested from the account. */
    NextUses(int expected, HostAccount account) {
        this.account = account;
        account.need((long) Integer.BYTES * expected);
        nextUse = new int[Math.max(1, expected)];
        first = nextUse.length;
        Arrays.fill(asids, -1);
    }

    /** Adds an access before all others. */
    void precede(int asid, long vpn) {
        if (first == 0) {
            makeRoom();
        }
        boolean again = pages[latest] == vpn && asids[latest] == asid;
        latest = again ? latest : place(asid, vpn);
        first--;
        nextUse[first] = uses[latest];
        uses[latest] = first;
    }

    /** Adds a position without an access before all others. */
    void precedeByNone() {
        if (first == 0) {
            makeRoom();
        }
        nextUse[--first] = NEVER;
    }

    /** Doubles the room before the first access; all positions move up. */
    private void makeRoom() {
        int more = nextUse.length;
        account.need(2L * Integer.BYTES * more);
        int[] larger = new int[2 * more];
        System.arraycopy(nextUse, 0, larger, more, more);
        nextUse = larger;
        first = more;
        move(nextUse, first, more);
        move(uses, 0, more);
    }

    private static void move(int[] places, int from, int by) {
        for (int i = from; i < places.length; i++) {
            places[i] = places[i] == NEVER ? NEVER : places[i] + by;
        }
    }

    /**
     * For each access, in order, the position of the next one to its page; positions count from 0.
     */
    int[] nextUses() {
        if (first == 0) {
            return nextUse;
        }
        account.need((long) Integer.BYTES * (nextUse.length - first));
        int[] inOrder = Arrays.copyOfRange(nextUse, first, nextUse.length);
        move(inOrder, 0, -first);
        return inOrder;
    }

    /** The position of the first access to a page. */
    int firstUse(int asid, long vpn) {
        int place = place(asid, vpn); // which may make the table larger
        return uses[place] == NEVER ? NEVER : uses[place] - first;
    }

    /** Where a page is in the table. It is added if it is not there yet. */
    private int place(int asid, long vpn) {
        if (2 * count >= pages.length) {
            grow();
        }
        int place = find(asid, vpn);
        if (asids[place] < 0) {
            asids[place] = asid;
            pages[place] = vpn;
            uses[place] = NEVER;
            count++;
        }
        return place;
    }

    private int find(int asid, long vpn) {
        long mixed = (vpn ^ (long) asid << 40) * 0x9E3779B97F4A7C15L;
        int place = (int) (mixed >>> 40) & pages.length - 1;
        while (asids[place] >= 0 && (asids[place] != asid || pages[place] != vpn)) {
            place = place + 1 & pages.length - 1;
        }
        return place;
    }

    private void grow() {
        account.need(HOST_BYTES_PER_PLACE * 2 * pages.length);
        long[] oldPages = pages;
        int[] oldAsids = asids;
        int[] oldUses = uses;
        pages = new long[2 * oldPages.length];
        asids = new int[pages.length];
        uses = new int[pages.length];
        Arrays.fill(asids, -1);
        for (int old = 0; old < oldPages.length; old++) {
            if (oldAsids[old] >= 0) {
                int place = find(oldAsids[old], oldPages[old]);
                asids[place] = oldAsids[old];
                pages[place] = oldPages[old];
                uses[place] = oldUses[old];
            }
        }
    }
}

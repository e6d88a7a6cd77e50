package dev.faultline.machine;

import dev.faultline.machine.replacement.ReplacementPolicy;

import java.util.Arrays;

/**
 * What is to come: for each access, where its page is accessed next, and for each page where it is
 * accessed first. It is told of the accesses from the last to the first, in one pass, and has a
 * hash table of the pages.
 */
final class NextUses {

    private static final int NEVER = ReplacementPolicy.NEVER;

    /** A place of the hash table: a page, whose it is, and its first use. */
    private static final long HOST_BYTES_PER_PLACE = Long.BYTES + 2 * Integer.BYTES;

    /**
     * For each access that it was told of, in order, the place here of the next use of its page.
     */
    private int[] nextUse;

    /**
     * The place of the access that it was told of last, which is the first; there is room before.
     */
    private int first;

    private long[] pages = new long[64];
    private int[] asids = new int[64];

    /** The place of the first use of each page. */
    private int[] uses = new int[64];

    private int count;

    /** The place of the page of the access that it was told of last. */
    private int latest;

    private final HostAccount account;

    /** Room for so many accesses at first; what it needs more it asks an account for. */
    NextUses(int expected, HostAccount account) {
        this.account = account;
        account.need((long) Integer.BYTES * expected);
        nextUse = new int[Math.max(1, expected)];
        first = nextUse.length;
        Arrays.fill(asids, -1);
    }

    /** One more access, before all that it was told of. */
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

    /** A place before all that it was told of that is no access. */
    void precedeByNone() {
        if (first == 0) {
            makeRoom();
        }
        nextUse[--first] = NEVER;
    }

    /** Room for as many accesses again, before the first; all places move up by as many. */
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

    /** For each access, in order, the place of the next one to its page, the first being 0. */
    int[] nextUses() {
        if (first == 0) {
            return nextUse;
        }
        account.need((long) Integer.BYTES * (nextUse.length - first));
        int[] inOrder = Arrays.copyOfRange(nextUse, first, nextUse.length);
        move(inOrder, 0, -first);
        return inOrder;
    }

    /** The place of the first access to a page. */
    int firstUse(int asid, long vpn) {
        int place = place(asid, vpn); // which may make the table larger
        return uses[place] == NEVER ? NEVER : uses[place] - first;
    }

    /** Where a page is in the table; it is entered if it is not there yet. */
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

package dev.faultline.machine;

import dev.faultline.machine.replacement.ReplacementPolicy;

import java.util.Arrays;

/**
 * What is to come in a block of accesses: for each, where its page is accessed next, and for each
 * page where it is accessed first. Built backwards in one pass, with a hash table of the pages.
 */
final class Foresight {

    private static final int NEVER = ReplacementPolicy.NEVER;

    private final int offsetBits;
    private final int[] nextUse;
    private long[] pages = new long[64];
    private int[] asids = new int[64];
    private int[] uses = new int[64];
    private int count;

    Foresight(AccessBlock block, int asid, Tasks tasks, int offsetBits) {
        this.offsetBits = offsetBits;
        Arrays.fill(asids, -1);
        nextUse = new int[block.count()];
        for (int at = block.count() - 1; at >= 0; at--) {
            int whose = block.hasPids() ? asidOf(tasks, block.pid(at)) : asid;
            int place = place(whose, AccessBlock.address(block.words()[at]) >>> this.offsetBits);
            nextUse[at] = uses[place];
            uses[place] = at;
        }
    }

    private static int asidOf(Tasks tasks, int pid) {
        return tasks.has(pid) ? tasks.get(pid).asid() : 0;
    }

    /** For each access, the place of the next one to its page. */
    int[] nextUse() {
        return nextUse;
    }

    /** The place of the first access to a page. */
    int firstUse(int asid, long vpn) {
        int place = place(asid, vpn); // which may make the table larger
        return uses[place];
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

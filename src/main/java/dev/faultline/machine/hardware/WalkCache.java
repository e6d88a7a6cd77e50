package dev.faultline.machine.hardware;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * A cache of walks: where the last node of a hierarchical table is, for pages walked to recently. A
 * walk that finds its node here reads only the entry (Barr, Cox and Rixner, "Translation caching:
 * skip, don't walk (the page table)", ISCA 2010). It is fully associative, with LRU replacement.
 */
final class WalkCache {

    /** Host bytes of each node in the cache. */
    static final long HOST_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private static final long EMPTY = -1;

    private final long[] nodes;
    private final int[] asids;
    private final long[] used;
    private long moment;

    WalkCache(int entries) {
        nodes = new long[entries];
        asids = new int[entries];
        used = new long[entries];
        Arrays.fill(nodes, EMPTY);
    }

    /** Whether a node is in the cache. If it is not, it is added. */
    boolean find(int asid, long node) {
        int oldest = 0;
        moment++;
        for (int place = 0; place < nodes.length; place++) {
            if (nodes[place] == node && asids[place] == asid) {
                used[place] = moment;
                return true;
            }
            oldest = used[place] < used[oldest] ? place : oldest;
        }
        nodes[oldest] = node;
        asids[oldest] = asid;
        used[oldest] = moment;
        return false;
    }

    void flush(int asid) {
        for (int place = 0; place < nodes.length; place++) {
            if (asids[place] == asid) {
                forget(place);
            }
        }
    }

    void flushAll() {
        for (int place = 0; place < nodes.length; place++) {
            forget(place);
        }
    }

    private void forget(int place) {
        nodes[place] = EMPTY;
        asids[place] = 0;
        used[place] = 0;
    }

    void save(StateWriter out) {
        out.writeLongs(nodes);
        out.writeInts(asids);
        out.writeLongs(used);
        out.writeLong(moment);
    }

    void load(StateReader in) {
        in.readLongs(nodes);
        in.readInts(asids);
        in.readLongs(used);
        moment = in.readLong();
    }
}

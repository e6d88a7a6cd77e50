package dev.faultline.machine.hardware;

import java.util.Arrays;

/**
 * Where the nodes of a hierarchical table lie in the simulated memory, and the level of each. Nodes
 * are numbered in the order in which they were made, the root first, and lie one behind the other
 * in that order.
 */
final class NodePlaces {

    /** Where each node begins, in bytes from the root. */
    private long[] places = new long[8];

    private byte[] levels = new byte[8];
    private int count;
    private long bytes;

    /** The number of nodes. */
    int count() {
        return count;
    }

    /** The bytes of simulated memory that all nodes take. */
    long bytes() {
        return bytes;
    }

    /** Where a node begins, in bytes from the root. */
    long place(int node) {
        return places[node];
    }

    int level(int node) {
        return levels[node];
    }

    /** Adds a node that takes {@code nodeBytes} of the simulated memory. Returns its number. */
    int add(int level, long nodeBytes) {
        if (count == places.length) {
            places = Arrays.copyOf(places, 2 * count);
            levels = Arrays.copyOf(levels, 2 * count);
        }
        places[count] = bytes;
        levels[count] = (byte) level;
        bytes += nodeBytes;
        return count++;
    }

    /** The number of nodes above a level that lie before the node that contains an address. */
    int countBefore(long address, int level) {
        int found = Arrays.binarySearch(places, 0, count, address);
        int node = found >= 0 ? found : -found - 2;
        int before = 0;
        for (int each = 0; each < node; each++) {
            before += levels[each] < level ? 1 : 0;
        }
        return before;
    }

    /** Removes all nodes, the root too. */
    void clear() {
        places = new long[0];
        levels = new byte[0];
        count = 0;
        bytes = 0;
    }
}

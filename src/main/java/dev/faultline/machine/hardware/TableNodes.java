package dev.faultline.machine.hardware;

import java.util.Arrays;

/**
 * The nodes of a hierarchical table, numbered in the order in which they were made, the root first.
 * In the simulated memory they lie one behind the other in that order.
 */
final class TableNodes {

    private static final int FIRST = 8;

    /** An entry of an inner node is the number of its child, or 0. */
    private long[][] entries = new long[FIRST][];

    /** Where each node begins, in bytes from the root. */
    private long[] places = new long[FIRST];

    private byte[] levels = new byte[FIRST];
    private int count;
    private long bytes;

    /** The number of nodes. */
    int count() {
        return count;
    }

    /** The nodes for which there is room before the arrays grow. */
    int capacity() {
        return entries.length;
    }

    /** The bytes of simulated memory that all nodes take. */
    long bytes() {
        return bytes;
    }

    /** The entries of a node. */
    long[] entries(int node) {
        return entries[node];
    }

    /** Where a node begins, in bytes from the root. */
    long place(int node) {
        return places[node];
    }

    int level(int node) {
        return levels[node];
    }

    /**
     * Adds an empty node.
     *
     * @param size the number of its entries
     * @param nodeBytes what it takes of the simulated memory
     */
    int add(int level, int size, long nodeBytes) {
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * count);
            places = Arrays.copyOf(places, 2 * count);
            levels = Arrays.copyOf(levels, 2 * count);
        }
        entries[count] = new long[size];
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
        entries = new long[0][];
        places = new long[0];
        levels = new byte[0];
        count = 0;
        bytes = 0;
    }
}

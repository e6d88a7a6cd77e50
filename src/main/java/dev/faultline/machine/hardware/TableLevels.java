package dev.faultline.machine.hardware;

/** How a hierarchical table splits a page number into one index for each level, root first. */
final class TableLevels {

    private final int[] shift;
    private final int[] mask;

    /** Levels with {@code bits} index bits each, root first. */
    TableLevels(int[] bits) {
        shift = new int[bits.length];
        mask = new int[bits.length];
        int below = 0;
        for (int level = bits.length - 1; level >= 0; level--) {
            shift[level] = below;
            mask[level] = (1 << bits[level]) - 1;
            below += bits[level];
        }
    }

    int count() {
        return shift.length;
    }

    /** The last level, whose entries map pages. */
    int last() {
        return shift.length - 1;
    }

    /** The index of a page in the node of a level. */
    int index(int level, long vpn) {
        return (int) (vpn >>> shift[level]) & mask[level];
    }

    /** The index bits of the last level. */
    int leafBits() {
        return Integer.bitCount(mask[last()]);
    }

    /** The bits of a page number below a level's index. */
    int shift(int level) {
        return shift[level];
    }

    /** The number of entries in a node of a level. */
    int entries(int level) {
        return mask[level] + 1;
    }

    /** The host's bytes of the entries of a node of a level. */
    long nodeBytes(int level) {
        return 8L * entries(level);
    }

    /** The host's bytes of the entries of the largest node above the last level; 0 without one. */
    long innerNodeBytes() {
        long most = 0;
        for (int level = 0; level < last(); level++) {
            most = Math.max(most, nodeBytes(level));
        }
        return most;
    }
}

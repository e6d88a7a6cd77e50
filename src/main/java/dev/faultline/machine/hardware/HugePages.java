package dev.faultline.machine.hardware;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * The nodes of a page table's last level that stand for a huge page's entry in the level above, and
 * so are not in the simulated memory. All pages of such a node share the entry's accessed and dirty
 * bits.
 */
final class HugePages {

    private static final long MARKS = Pte.ACCESSED | Pte.DIRTY;

    private boolean[] huge;

    /** The accessed and dirty bits of each node. */
    private long[] marks;

    private int count;

    /** Room for {@code nodes} nodes, none of them a huge page. */
    HugePages(int nodes) {
        huge = new boolean[nodes];
        marks = new long[nodes];
    }

    /** Makes room for {@code nodes} nodes. */
    void grow(int nodes) {
        huge = Arrays.copyOf(huge, nodes);
        marks = Arrays.copyOf(marks, nodes);
    }

    /** The number of huge pages. */
    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether a node stands for a huge page. */
    boolean has(int node) {
        return huge[node];
    }

    /** The accessed and dirty bits that a node's pages share; 0 if it is no huge page. */
    long marks(int node) {
        return marks[node];
    }

    /** A node stands for a huge page from now on. */
    void add(int node) {
        huge[node] = true;
        count++;
    }

    /**
     * Lets an entry of a huge page become another, if only bits that all its pages share differ and
     * no dirty bit is lost. Answers false, and changes nothing, if the page has to be split.
     */
    boolean mark(int node, long entry, long pte) {
        boolean marksOnly = ((pte ^ entry) & ~MARKS) == 0;
        boolean keepsDirty = (marks[node] & ~pte & Pte.DIRTY) == 0;
        if (!marksOnly || !keepsDirty) {
            return false;
        }
        marks[node] = pte & MARKS;
        return true;
    }

    /** Splits a huge page into entries of its own, as the hardware needs them. */
    void split(int node, long[] entries) {
        for (int i = 0; i < entries.length; i++) {
            entries[i] |= marks[node];
        }
        marks[node] = 0;
        huge[node] = false;
        count--;
    }

    /** There are no nodes any more. */
    void clear() {
        huge = new boolean[0];
        marks = new long[0];
        count = 0;
    }

    void save(StateWriter out, int nodes) {
        for (int node = 0; node < nodes; node++) {
            out.writeBoolean(huge[node]);
            out.writeLong(marks[node]);
        }
    }

    void load(StateReader in, int nodes) {
        for (int node = 0; node < nodes; node++) {
            huge[node] = in.readBoolean();
            marks[node] = in.readLong();
            count += huge[node] ? 1 : 0;
        }
    }
}

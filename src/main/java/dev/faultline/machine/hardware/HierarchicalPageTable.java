package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A hierarchical (multi-level) page table. The page number is split into one index for each level,
 * root first, and only nodes that lead to an entry exist. A walk costs one memory reference for
 * each level it reads, and stops at the first level that leads nowhere.
 */
public final class HierarchicalPageTable implements PageTable {

    private static final int NO_LEAF = -1;

    /** Host bytes of a node beside its entries, when the arrays of nodes have just grown. */
    private static final long NODE_OVERHEAD = 96;

    /** The number of leaves that can be found again without a walk. */
    private static final int RECENT = 64;

    private final HostBudget budget;
    private final int entryBytes;
    private final int[] shift;
    private final int[] mask;
    private final int leafBits;

    /** Nodes by number, root first. An entry of an inner node is the number of its child, or 0. */
    private long[][] nodes = new long[8][];

    /**
     * Where each node begins, in bytes from the root. Nodes lie in the order in which they were
     * made.
     */
    private long[] places = new long[8];

    private byte[] levelOf = new byte[8];

    /**
     * Whether a node of the last level stands for a huge page's entry in the level above, and so is
     * not in the simulated memory. {@code marks} has that entry's accessed and dirty bits, which
     * all its pages share.
     */
    private boolean[] huge = new boolean[8];

    private long[] marks = new long[8];
    private int hugeNodes;

    private int nodeCount;
    private long bytes;
    private int references;

    /** The leaves found most recently, by page number. */
    private final long[] recentPrefix = new long[RECENT];

    private final int[] recentLeaf = new int[RECENT];

    /**
     * A table with 8-byte entries.
     *
     * @param levels index bits of each level, root first
     */
    public HierarchicalPageTable(int[] levels, HostBudget budget) {
        this(levels, 8, budget);
    }

    /**
     * A table whose entries take {@code entryBytes} bytes of simulated memory.
     *
     * @param levels index bits of each level, root first
     */
    public HierarchicalPageTable(int[] levels, int entryBytes, HostBudget budget) {
        this.budget = budget;
        this.entryBytes = entryBytes;
        shift = new int[levels.length];
        mask = new int[levels.length];
        int below = 0;
        for (int level = levels.length - 1; level >= 0; level--) {
            shift[level] = below;
            mask[level] = (1 << levels[level]) - 1;
            below += levels[level];
        }
        leafBits = levels[levels.length - 1];
        Arrays.fill(recentPrefix, NO_LEAF);
        budget.charge(nodeBytes(0));
        addNode(0);
    }

    @Override
    public long get(long vpn) {
        int leaf = leaf(vpn);
        if (leaf == NO_LEAF) {
            return 0;
        }
        long entry = nodes[leaf][inLeaf(vpn)];
        if (hugeNodes == 0) {
            references = shift.length;
            return entry;
        }
        references = huge[leaf] ? shift.length - 1 : shift.length;
        return entry | marks[leaf];
    }

    private int inLeaf(long vpn) {
        return (int) vpn & (1 << leafBits) - 1;
    }

    /** The leaf of a page, or {@link #NO_LEAF}. */
    private int leaf(long vpn) {
        long prefix = vpn >>> leafBits;
        int at = (int) prefix & RECENT - 1;
        return recentPrefix[at] == prefix ? recentLeaf[at] : findLeaf(vpn);
    }

    /** Walks down to the leaf of a page, if there is one. */
    private int findLeaf(long vpn) {
        int last = shift.length - 1;
        int node = 0;
        for (int level = 0; level < last; level++) {
            int child = (int) nodes[node][(int) (vpn >>> shift[level]) & mask[level]];
            if (child == 0) {
                references = level + 1;
                return NO_LEAF;
            }
            node = child;
        }
        long prefix = vpn >>> leafBits;
        recentPrefix[(int) prefix & RECENT - 1] = prefix;
        recentLeaf[(int) prefix & RECENT - 1] = node;
        return node;
    }

    @Override
    public boolean isHuge(long vpn) {
        return hugeNodes > 0 && leaf(vpn) != NO_LEAF && huge[leaf(vpn)];
    }

    /**
     * The number of pages that an entry of the second-to-last level covers; 1 if there is only one
     * level.
     */
    public int pagesOfHuge() {
        return shift.length == 1 ? 1 : 1 << leafBits;
    }

    /** Whether the page's leaf exists and has no entries yet. */
    public boolean isLeafEmpty(long vpn) {
        int leaf = leaf(vpn);
        return leaf != NO_LEAF && Arrays.stream(nodes[leaf]).allMatch(entry -> entry == 0);
    }

    /**
     * Turns an existing, empty leaf into one huge page.
     *
     * @param frame the frame of its first page; the others follow
     * @throws IllegalStateException if the leaf does not exist or is not empty
     */
    public void setHuge(long vpn, int frame, long permissions) {
        if (!isLeafEmpty(vpn)) {
            throw new IllegalStateException("HierarchicalPageTable: no empty leaf for " + vpn);
        }
        int leaf = leaf(vpn);
        for (int i = 0; i < nodes[leaf].length; i++) {
            nodes[leaf][i] = Pte.resident(frame + i, permissions);
        }
        huge[leaf] = true;
        hugeNodes++;
    }

    /** Splits a huge page into entries of its own, as the hardware wants them. */
    private void split(int node) {
        for (int i = 0; i < nodes[node].length; i++) {
            nodes[node][i] |= marks[node];
        }
        marks[node] = 0;
        huge[node] = false;
        hugeNodes--;
    }

    @Override
    public int references() {
        return references;
    }

    @Override
    public List<TableReference> path(long vpn) {
        List<TableReference> path = new ArrayList<>();
        int node = 0;
        for (int level = 0; level < shift.length; level++) {
            int index = (int) (vpn >>> shift[level]) & mask[level];
            long entry = nodes[node][index];
            boolean leaf = level == shift.length - 1;
            if (level == shift.length - 2 && entry != 0 && huge[(int) entry]) {
                path.add(hugeReference(node, level, index, (int) entry));
                break;
            }
            path.add(
                    new TableReference(
                            leaf ? TableReference.Kind.ENTRY : TableReference.Kind.NODE,
                            level + 1,
                            index,
                            places[node] + (long) entryBytes * index,
                            leaf || entry == 0 ? entry : places[(int) entry],
                            null,
                            null));
            if (leaf || entry == 0) {
                break;
            }
            node = (int) entry;
        }
        return path;
    }

    private TableReference hugeReference(int node, int level, int index, int leaf) {
        return new TableReference(
                TableReference.Kind.HUGE_ENTRY,
                level + 1,
                index,
                places[node] + (long) entryBytes * index,
                nodes[leaf][0] | marks[leaf],
                null,
                null);
    }

    @Override
    public boolean prepare(long vpn) {
        if (leaf(vpn) != NO_LEAF) {
            return true;
        }
        int last = shift.length - 1;
        int node = 0;
        int level = 0;
        for (; level < last; level++) {
            int child = (int) nodes[node][(int) (vpn >>> shift[level]) & mask[level]];
            if (child == 0) {
                break;
            }
            node = child;
        }
        long needed = 0;
        for (int below = level + 1; below <= last; below++) {
            needed += nodeBytes(below);
        }
        if (!budget.take(needed)) {
            return false;
        }
        for (; level < last; level++) {
            int child = addNode(level + 1);
            nodes[node][(int) (vpn >>> shift[level]) & mask[level]] = child;
            node = child;
        }
        return true;
    }

    @Override
    public void set(long vpn, long pte) {
        int before = references;
        int leaf = leaf(vpn);
        references = before;
        if (leaf == NO_LEAF) {
            throw new IllegalStateException(
                    "HierarchicalPageTable: page " + vpn + " was not prepared");
        }
        int at = inLeaf(vpn);
        if (hugeNodes > 0 && huge[leaf]) {
            boolean marksOnly = ((pte ^ nodes[leaf][at]) & ~(Pte.ACCESSED | Pte.DIRTY)) == 0;
            if (marksOnly && (marks[leaf] & ~pte & Pte.DIRTY) == 0) {
                marks[leaf] = pte & (Pte.ACCESSED | Pte.DIRTY);
                return;
            }
            split(leaf);
        }
        nodes[leaf][at] = pte;
    }

    @Override
    public long replace(long vpn, long pte) {
        if (hugeNodes > 0) {
            return PageTable.super.replace(vpn, pte);
        }
        long[] entries = nodes[leaf(vpn)];
        long old = entries[inLeaf(vpn)];
        entries[inLeaf(vpn)] = pte;
        return old;
    }

    @Override
    public void restore(long vpn, long pte) {
        if (!prepare(vpn)) {
            throw new IllegalStateException("PageTable: a saved table exceeds its budget");
        }
        int leaf = leaf(vpn);
        nodes[leaf][inLeaf(vpn)] = pte & ~marks[leaf];
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        visit(0, 0, 0, from, to, visitor);
    }

    private void visit(int node, int level, long prefix, long from, long to, Visitor visitor) {
        long[] entries = nodes[node];
        int first = (int) Math.min(entries.length, Math.max(0, from - prefix) >>> shift[level]);
        for (int i = first; i < entries.length; i++) {
            long number = prefix | (long) i << shift[level];
            if (number >= to) {
                return;
            }
            if (entries[i] == 0) {
                continue;
            }
            if (level == shift.length - 1) {
                visitor.entry(number, entries[i] | marks[node]);
            } else {
                visit((int) entries[i], level + 1, number, from, to, visitor);
            }
        }
    }

    /**
     * Saves the nodes, each as the entry that leads to it, in the order in which they were made.
     */
    @Override
    public void saveMemory(StateWriter out) {
        long[] entryTo = new long[nodeCount];
        saveEntries(0, 0, entryTo);
        out.writeLongs(entryTo);
        for (int node = 0; node < nodeCount; node++) {
            out.writeBoolean(huge[node]);
            out.writeLong(marks[node]);
        }
    }

    private void saveEntries(int node, int level, long[] entryTo) {
        for (int i = 0; level < shift.length - 1 && i < nodes[node].length; i++) {
            int child = (int) nodes[node][i];
            if (child != 0) {
                entryTo[child] = (long) node << Integer.SIZE | i;
                saveEntries(child, level + 1, entryTo);
            }
        }
    }

    @Override
    public void loadMemory(StateReader in) {
        long[] entryTo = in.readLongs();
        for (int node = 1; node < entryTo.length; node++) {
            int parent = (int) (entryTo[node] >>> Integer.SIZE);
            int level = levelOf[parent] + 1;
            budget.charge(nodeBytes(level));
            nodes[parent][(int) entryTo[node]] = addNode(level);
        }
        for (int node = 0; node < nodeCount; node++) {
            huge[node] = in.readBoolean();
            marks[node] = in.readLong();
            hugeNodes += huge[node] ? 1 : 0;
        }
    }

    @Override
    public int leafBits() {
        return leafBits;
    }

    @Override
    public int missingInnerNodes(long vpn) {
        int last = shift.length - 1;
        int node = 0;
        for (int level = 0; level < last; level++) {
            node = (int) nodes[node][(int) (vpn >>> shift[level]) & mask[level]];
            if (node == 0) {
                return last - 1 - level;
            }
        }
        return 0;
    }

    @Override
    public int innerNodesBefore(long address) {
        int found = Arrays.binarySearch(places, 0, nodeCount, address);
        int node = found >= 0 ? found : -found - 2;
        int before = 0;
        for (int each = 0; each < node; each++) {
            before += levelOf[each] == shift.length - 1 ? 0 : 1;
        }
        return before;
    }

    @Override
    public int roots() {
        return shift.length > 1 ? 1 : 0;
    }

    @Override
    public long innerNodeBytes() {
        long most = 0;
        for (int level = 0; level < shift.length - 1; level++) {
            most = Math.max(most, nodeBytes(level));
        }
        return most;
    }

    @Override
    public long bytes() {
        int leaf = shift.length - 1;
        return bytes - hugeNodes * (nodeBytes(leaf) / 8 * entryBytes);
    }

    @Override
    public long hostBytes() {
        return bytes / entryBytes * 8;
    }

    /** The most host memory, in bytes, that entries for {@code pages} more pages need. */
    public static long growth(List<Integer> levels, long pages, HostBudget budget) {
        long path = 0;
        long smallest = Long.MAX_VALUE;
        for (int bits : levels.subList(1, levels.size())) {
            path += (8L << bits) + NODE_OVERHEAD;
            smallest = Math.min(smallest, 8L << bits);
        }
        return path == 0 ? 0 : budget.bounded(pages, path, smallest, NODE_OVERHEAD);
    }

    @Override
    public long copyBytes() {
        return hostBytes() + NODE_OVERHEAD * nodeCount;
    }

    @Override
    public void release() {
        budget.give(hostBytes());
        budget.needMore(-NODE_OVERHEAD * nodeCount);
        bytes = 0;
        hugeNodes = 0;
        nodeCount = 0;
        nodes = new long[0][];
        places = new long[0];
        levelOf = new byte[0];
        huge = new boolean[0];
        marks = new long[0];
        Arrays.fill(recentPrefix, NO_LEAF);
    }

    private int addNode(int level) {
        if (nodeCount == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * nodeCount);
            places = Arrays.copyOf(places, 2 * nodeCount);
            levelOf = Arrays.copyOf(levelOf, 2 * nodeCount);
            huge = Arrays.copyOf(huge, 2 * nodeCount);
            marks = Arrays.copyOf(marks, 2 * nodeCount);
        }
        nodes[nodeCount] = new long[mask[level] + 1];
        places[nodeCount] = bytes;
        levelOf[nodeCount] = (byte) level;
        bytes += nodeBytes(level) / 8 * entryBytes;
        budget.needMore(NODE_OVERHEAD);
        return nodeCount++;
    }

    /** Host bytes of a node's entries. */
    private long nodeBytes(int level) {
        return 8L * (mask[level] + 1);
    }
}

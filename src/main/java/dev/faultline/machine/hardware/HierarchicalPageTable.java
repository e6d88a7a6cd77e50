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
    private final TableLevels levels;
    private final int depth;
    private final int leafBits;

    /** Nodes by number, root first. An entry of an inner node is the number of its child, or 0. */
    private long[][] nodes = new long[8][];

    private final NodePlaces places = new NodePlaces();

    /** The nodes of the last level that stand for huge pages. */
    private final HugePages huge = new HugePages(nodes.length);

    private int references;

    /** The leaves found most recently, by page number. */
    private final long[] recentPrefix = new long[RECENT];

    private final int[] recentLeaf = new int[RECENT];

    /** A table with 8-byte entries. {@code levels} are each level's index bits, root first. */
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
        this.levels = new TableLevels(levels);
        depth = levels.length;
        leafBits = this.levels.leafBits();
        Arrays.fill(recentPrefix, NO_LEAF);
        budget.charge(this.levels.nodeBytes(0));
        addNode(0);
    }

    @Override
    public long get(long vpn) {
        int leaf = leaf(vpn);
        if (leaf == NO_LEAF) {
            return 0;
        }
        long entry = nodes[leaf][inLeaf(vpn)];
        if (huge.isEmpty()) {
            references = depth;
            return entry;
        }
        references = huge.has(leaf) ? levels.last() : depth;
        return entry | huge.marks(leaf);
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
        int last = levels.last();
        int node = 0;
        for (int level = 0; level < last; level++) {
            int child = (int) nodes[node][levels.index(level, vpn)];
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
        return !huge.isEmpty() && leaf(vpn) != NO_LEAF && huge.has(leaf(vpn));
    }

    /** The pages that an entry of the second-to-last level covers; 1 if there is one level. */
    public int pagesOfHuge() {
        return depth == 1 ? 1 : 1 << leafBits;
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
        huge.add(leaf);
    }

    @Override
    public int references() {
        return references;
    }

    @Override
    public List<TableReference> path(long vpn) {
        List<TableReference> path = new ArrayList<>();
        int node = 0;
        for (int level = 0; level < depth; level++) {
            int index = levels.index(level, vpn);
            long entry = nodes[node][index];
            boolean leaf = level == levels.last();
            if (level == levels.last() - 1 && entry != 0 && huge.has((int) entry)) {
                path.add(hugeReference(node, level, index, (int) entry));
                break;
            }
            path.add(
                    new TableReference(
                            leaf ? TableReference.Kind.ENTRY : TableReference.Kind.NODE,
                            level + 1,
                            index,
                            places.place(node) + (long) entryBytes * index,
                            leaf || entry == 0 ? entry : places.place((int) entry),
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
                places.place(node) + (long) entryBytes * index,
                nodes[leaf][0] | huge.marks(leaf),
                null,
                null);
    }

    @Override
    public boolean prepare(long vpn) {
        if (leaf(vpn) != NO_LEAF) {
            return true;
        }
        int last = levels.last();
        int node = 0;
        int level = 0;
        for (; level < last; level++) {
            int child = (int) nodes[node][levels.index(level, vpn)];
            if (child == 0) {
                break;
            }
            node = child;
        }
        long needed = 0;
        for (int below = level + 1; below <= last; below++) {
            needed += levels.nodeBytes(below);
        }
        if (!budget.take(needed)) {
            return false;
        }
        for (; level < last; level++) {
            int child = addNode(level + 1);
            nodes[node][levels.index(level, vpn)] = child;
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
        if (!huge.isEmpty() && huge.has(leaf)) {
            if (huge.mark(leaf, nodes[leaf][at], pte)) {
                return;
            }
            huge.split(leaf, nodes[leaf]);
        }
        nodes[leaf][at] = pte;
    }

    @Override
    public long replace(long vpn, long pte) {
        if (!huge.isEmpty()) {
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
        nodes[leaf][inLeaf(vpn)] = pte & ~huge.marks(leaf);
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        visit(0, 0, 0, from, to, visitor);
    }

    private void visit(int node, int level, long prefix, long from, long to, Visitor visitor) {
        long[] entries = nodes[node];
        int first =
                (int) Math.min(entries.length, Math.max(0, from - prefix) >>> levels.shift(level));
        for (int i = first; i < entries.length; i++) {
            long number = prefix | (long) i << levels.shift(level);
            if (number >= to) {
                return;
            }
            if (entries[i] == 0) {
                continue;
            }
            if (level == levels.last()) {
                visitor.entry(number, entries[i] | huge.marks(node));
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
        long[] entryTo = new long[places.count()];
        saveEntries(0, 0, entryTo);
        out.writeLongs(entryTo);
        huge.save(out, places.count());
    }

    private void saveEntries(int node, int level, long[] entryTo) {
        for (int i = 0; level < levels.last() && i < nodes[node].length; i++) {
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
            int level = places.level(parent) + 1;
            budget.charge(levels.nodeBytes(level));
            nodes[parent][(int) entryTo[node]] = addNode(level);
        }
        huge.load(in, places.count());
    }

    @Override
    public int leafBits() {
        return leafBits;
    }

    @Override
    public int missingInnerNodes(long vpn) {
        int last = levels.last();
        int node = 0;
        for (int level = 0; level < last; level++) {
            node = (int) nodes[node][levels.index(level, vpn)];
            if (node == 0) {
                return last - 1 - level;
            }
        }
        return 0;
    }

    @Override
    public int innerNodesBefore(long address) {
        return places.countBefore(address, levels.last());
    }

    @Override
    public int roots() {
        return depth > 1 ? 1 : 0;
    }

    @Override
    public long innerNodeBytes() {
        return levels.innerNodeBytes();
    }

    @Override
    public long bytes() {
        int leaf = levels.last();
        return places.bytes() - huge.size() * (levels.nodeBytes(leaf) / 8 * entryBytes);
    }

    @Override
    public long hostBytes() {
        return places.bytes() / entryBytes * 8;
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
        return hostBytes() + NODE_OVERHEAD * places.count();
    }

    @Override
    public void release() {
        budget.give(hostBytes());
        budget.needMore(-NODE_OVERHEAD * places.count());
        nodes = new long[0][];
        places.clear();
        huge.clear();
        Arrays.fill(recentPrefix, NO_LEAF);
    }

    private int addNode(int level) {
        int node = places.add(level, levels.nodeBytes(level) / 8 * entryBytes);
        if (node == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * node);
            huge.grow(nodes.length);
        }
        nodes[node] = new long[levels.entries(level)];
        budget.needMore(NODE_OVERHEAD);
        return node;
    }
}

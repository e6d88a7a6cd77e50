package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The page table of one process: its entries in page order, and which nodes have been made.
 *
 * <p>The root is always there. A node below it is known by the leading index bits that lead to it.
 * It is made when the first entry under it is, and stays.
 */
final class PageTable {

    /**
     * What a walk found.
     *
     * @param references levels read, the one with the absent entry included
     * @param entry the leaf entry, null if a node was missing or the entry was never made
     */
    record Walk(int references, @Nullable PageEntry entry) {}

    private final int pid;
    private final List<Integer> levels;
    private final TreeMap<Long, PageEntry> entries = new TreeMap<>();

    /** For each level below the root, the leading bits of the nodes made. */
    private final List<Set<Long>> nodes = new ArrayList<>();

    PageTable(int pid, List<Integer> levels) {
        this.pid = pid;
        this.levels = levels;
        for (int level = 1; level < levels.size(); level++) {
            nodes.add(new HashSet<>());
        }
    }

    Walk walk(long vpn) {
        int references = 1;
        for (int level = 1; level < levels.size(); level++) {
            if (!nodes.get(level - 1).contains(leadingBits(vpn, level))) {
                return new Walk(references, null);
            }
            references++;
        }
        return new Walk(references, entries.get(vpn));
    }

    /** The entry of a page, null if it was never made. Counts nothing. */
    @Nullable PageEntry find(long vpn) {
        return entries.get(vpn);
    }

    /** The entry of a page, made on demand with the nodes that lead to it. */
    PageEntry make(long vpn) {
        for (int level = 1; level < levels.size(); level++) {
            nodes.get(level - 1).add(leadingBits(vpn, level));
        }
        return entries.computeIfAbsent(vpn, page -> new PageEntry(pid, page));
    }

    /** All entries ever made, in page order. */
    List<PageEntry> inPageOrder() {
        return List.copyOf(entries.values());
    }

    /** The part of the page number that chooses the node at a level; the root is level 0. */
    private long leadingBits(long vpn, int level) {
        int bitsBelow = 0;
        for (int below = level; below < levels.size(); below++) {
            bitsBelow += levels.get(below);
        }
        return vpn >>> bitsBelow;
    }
}

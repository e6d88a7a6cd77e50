package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.FrameTable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The reverse map: the pages that map each frame, in the order in which they came, and what their
 * entries say together. The hardware marks only the entry that was used. So a frame is referenced
 * or dirty if any of its entries says so (lecture 16, "Page Tables and Dirty Flags").
 *
 * <p>Everything is O(1), except removing a mapping and searching for a bit, which are O(mappings of
 * that frame).
 */
public final class ReverseMap {

    private static final int NONE = FrameTable.NONE;

    /** Bytes of the host's memory that the arrays take for each frame. */
    private static final long HOST_BYTES = 13;

    /** Bytes of a mapping's node. */
    private static final long HOST_BYTES_PER_NODE = 16;

    private static final int FIRST_NODES = 64;

    private final FrameTable frames;
    private final FrameMarks marks;
    private final Tasks tasks;
    private final Cpus cpus;
    private final int[] mappingCount;

    /** Whether one of the mappings is the kernel's. */
    private final boolean[] inKernel;

    private final int[] firstNode;
    private final int[] lastNode;

    /** The nodes, one for each mapping; unused ones are chained from {@link #freeNode}. */
    private int[] nodeNext = {};

    private int[] nodePid = {};
    private long[] nodeVpn = {};
    private int freeNode = NONE;
    private int nodesInUse;

    ReverseMap(FrameTable frames, Tasks tasks, Cpus cpus) {
        this.frames = frames;
        this.marks = frames.marks();
        this.tasks = tasks;
        this.cpus = cpus;
        mappingCount = new int[frames.size()];
        inKernel = new boolean[frames.size()];
        firstNode = new int[frames.size()];
        lastNode = new int[frames.size()];
        Arrays.fill(firstNode, NONE);
        Arrays.fill(lastNode, NONE);
    }

    /** Bytes of the host's memory that the map of a number of frames takes while it is empty. */
    static long hostBytes(int frames) {
        return HOST_BYTES * frames;
    }

    /** Bytes of the host's memory that mappings take. */
    long hostBytes() {
        return HOST_BYTES_PER_NODE * nodeNext.length;
    }

    /** Bytes of the host's memory that a number of further mappings may need. */
    long growth(long mappings) {
        long nodes = nodesInUse + mappings;
        return nodes <= nodeNext.length
                ? 0
                : HOST_BYTES_PER_NODE * Math.max(FIRST_NODES, nodes + nodes / 2);
    }

    /** The number of pages that map a frame. */
    int mappings(int frame) {
        return mappingCount[frame];
    }

    /** The number of mappings without the kernel's. */
    int users(int frame) {
        return mappingCount[frame] - (inKernel[frame] ? 1 : 0);
    }

    /** Whether the kernel maps the frame. */
    boolean isInKernel(int frame) {
        return inKernel[frame];
    }

    /** The process that was first to map the frame; the frame must have {@link #users}. */
    int firstUser(int frame) {
        int node = firstNode[frame];
        return nodePid[node] == Tasks.KERNEL ? nodePid[nodeNext[node]] : nodePid[node];
    }

    /** The first node of a frame's mappings, or {@link FrameTable#NONE}. */
    int firstNode(int frame) {
        return firstNode[frame];
    }

    int nextNode(int node) {
        return nodeNext[node];
    }

    int pid(int node) {
        return nodePid[node];
    }

    long vpn(int node) {
        return nodeVpn[node];
    }

    /** Adds a mapping of a frame, after all others. */
    void map(int frame, int asid, long vpn) {
        int node = takeNode();
        nodePid[node] = asid;
        nodeVpn[node] = vpn;
        nodeNext[node] = NONE;
        if (firstNode[frame] == NONE) {
            firstNode[frame] = node;
        } else {
            nodeNext[lastNode[frame]] = node;
        }
        lastNode[frame] = node;
        mappingCount[frame]++;
        inKernel[frame] |= asid == Tasks.KERNEL;
        marks.forget(frame);
    }

    /** Removes a mapping of a frame. */
    void unmap(int frame, int asid, long vpn) {
        int before = NONE;
        int node = firstNode[frame];
        while (nodePid[node] != asid || nodeVpn[node] != vpn) {
            before = node;
            node = nodeNext[node];
        }
        if (before == NONE) {
            firstNode[frame] = nodeNext[node];
        } else {
            nodeNext[before] = nodeNext[node];
        }
        if (lastNode[frame] == node) {
            lastNode[frame] = before;
        }
        mappingCount[frame]--;
        inKernel[frame] &= asid != Tasks.KERNEL;
        marks.forget(frame);
        nodeNext[node] = freeNode;
        freeNode = node;
        nodesInUse--;
    }

    private int takeNode() {
        if (freeNode == NONE) {
            int old = nodeNext.length;
            int size = Math.max(FIRST_NODES, old + old / 2);
            nodeNext = Arrays.copyOf(nodeNext, size);
            nodePid = Arrays.copyOf(nodePid, size);
            nodeVpn = Arrays.copyOf(nodeVpn, size);
            for (int node = size - 1; node >= old; node--) {
                nodeNext[node] = freeNode;
                freeNode = node;
            }
        }
        int node = freeNode;
        freeNode = nodeNext[node];
        nodesInUse++;
        return node;
    }

    /** The pages that map a frame. */
    List<Mapping> mappingsOf(int frame) {
        List<Mapping> mappings = new ArrayList<>(mappingCount[frame]);
        for (int node = firstNode[frame]; node != NONE; node = nodeNext[node]) {
            mappings.add(new Mapping(nodePid[node], nodeVpn[node]));
        }
        return mappings;
    }

    /** Whether any entry of a frame has a bit set. */
    boolean anyHas(int frame, long bit) {
        byte known = marks.of(frame, bit);
        return known == FrameMarks.UNKNOWN ? look(frame, bit) : known == FrameMarks.SET;
    }

    /** Reads every entry of a frame for a bit, and caches the answer where possible. */
    private boolean look(int frame, long bit) {
        boolean shared = false;
        for (int node = firstNode[frame]; node != NONE; node = nodeNext[node]) {
            PageTable table = tasks.get(nodePid[node]).table();
            long vpn = nodeVpn[node];
            shared |= table.sharesMarks(vpn);
            if ((table.get(vpn) & bit) != 0) {
                if (!shared) {
                    marks.set(frame, bit);
                }
                return true;
            }
        }
        if (!shared) {
            marks.clear(frame, bit);
        }
        return false;
    }

    /** Whether a page was written to since it was loaded, through an entry that it has or had. */
    boolean isDirty(int frame) {
        return frames.isDirty(frame) || anyHas(frame, Pte.DIRTY);
    }

    /** Whether a page was accessed through any entry since its bit was last cleared. */
    boolean isReferenced(int frame) {
        return anyHas(frame, Pte.ACCESSED);
    }

    /** Clears the accessed bit in every entry of a frame. */
    void clearReferenced(int frame) {
        clear(frame, Pte.ACCESSED, false);
    }

    /** Clears the dirty bit in every entry of a frame. */
    void clearDirty(int frame) {
        clear(frame, Pte.DIRTY, false);
    }

    /**
     * Clears the accessed bits of the frames below {@code end}, and drops the TLB copies as for any
     * other change of an entry.
     */
    void clearReferencedBelow(int end) {
        int frame = marks.nextReferenced(0, end);
        while (frame < end) {
            clear(frame, Pte.ACCESSED, false);
            frame = marks.nextReferenced(frame + 1, end);
        }
    }

    /**
     * Clears the accessed bits of all frames at a clock tick, which every processor has. Returns
     * whether any was set.
     */
    boolean clearReferencedAtTick() {
        boolean any = false;
        int frame = marks.nextReferenced(0, mappingCount.length);
        while (frame < mappingCount.length) {
            any |= clear(frame, Pte.ACCESSED, true);
            frame = marks.nextReferenced(frame + 1, mappingCount.length);
        }
        return any;
    }

    /**
     * Clears a bit in every entry of a frame. If an entry does not have the bit set, neither has
     * its TLB copy, and no copy is dropped. Returns whether any entry had it set.
     */
    private boolean clear(int frame, long bit, boolean everywhere) {
        if (!anyHas(frame, bit)) {
            return false;
        }
        boolean shared = false;
        for (int node = firstNode[frame]; node != NONE; node = nodeNext[node]) {
            int asid = nodePid[node];
            PageTable table = tasks.get(asid).table();
            long vpn = nodeVpn[node];
            long pte = table.get(vpn);
            shared |= table.sharesMarks(vpn);
            if ((pte & bit) != 0) {
                table.set(vpn, pte & ~bit);
                if (everywhere) {
                    cpus.invalidateEverywhere(asid, vpn);
                } else {
                    cpus.invalidate(asid, vpn);
                }
            }
        }
        if (!shared) {
            marks.clear(frame, bit);
        }
        return true;
    }

    void save(StateWriter out) {
        for (int frame = 0; frame < mappingCount.length; frame++) {
            out.writeInt(mappingCount[frame]);
            for (int node = firstNode[frame]; node != NONE; node = nodeNext[node]) {
                out.writeInt(nodePid[node]);
                out.writeLong(nodeVpn[node]);
            }
        }
    }

    void load(StateReader in) {
        for (int frame = 0; frame < mappingCount.length; frame++) {
            for (int left = in.readInt(); left > 0; left--) {
                map(frame, in.readInt(), in.readLong());
            }
        }
    }
}

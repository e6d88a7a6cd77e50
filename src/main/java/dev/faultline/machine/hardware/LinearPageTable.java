package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A linear page table: an array indexed by page number, one memory reference per walk.
 *
 * <p>To the simulated machine the array is complete, and {@link #bytes} is its full size. The host
 * stores only the pieces that hold entries, so even a table over a 48-bit space is possible.
 */
public final class LinearPageTable implements PageTable {

    /** Host bytes of an array beside its elements. */
    private static final long ARRAY = 16;

    private final HostBudget budget;
    private final int vpnBits;
    private final int middleShift;
    private final int topShift;
    private final int leafMask;
    private final int middleMask;
    private long[] @Nullable [] @Nullable [] pieces;
    private long hostBytes;

    /** Host bytes of the arrays beside their entries. */
    private long overhead;

    /** An empty table for page numbers of this many bits. */
    public LinearPageTable(int vpnBits, HostBudget budget) {
        this.budget = budget;
        this.vpnBits = vpnBits;
        middleShift = Math.min(vpnBits, 10);
        topShift = topShift(vpnBits);
        leafMask = (1 << middleShift) - 1;
        middleMask = (1 << topShift - middleShift) - 1;
        pieces = new long[1 << (vpnBits - topShift)][][];
        charge(8L * pieces.length);
    }

    private static int topShift(int vpnBits) {
        int leafBits = Math.min(vpnBits, 10);
        return leafBits + Math.min(vpnBits - leafBits, Math.max(10, (vpnBits - 10) / 2));
    }

    /** Host bytes of an empty table. */
    public static long emptyBytes(int vpnBits) {
        return 8L << vpnBits - topShift(vpnBits);
    }

    /** The most host memory, in bytes, that entries for {@code pages} more pages need. */
    public static long growth(int vpnBits, long pages, HostBudget budget) {
        int leafBits = Math.min(vpnBits, 10);
        long leaf = 8L << leafBits;
        long middle = 8L << topShift(vpnBits) - leafBits;
        return budget.bounded(pages, leaf + middle + 2 * ARRAY, leaf, ARRAY);
    }

    @Override
    public long get(long vpn) {
        long[][] middle = pieces[(int) (vpn >>> topShift)];
        if (middle == null) {
            return 0;
        }
        long[] leaf = middle[(int) (vpn >>> middleShift) & middleMask];
        return leaf == null ? 0 : leaf[(int) vpn & leafMask];
    }

    @Override
    public int references() {
        return 1;
    }

    @Override
    public List<TableReference> path(long vpn) {
        return List.of(
                new TableReference(
                        TableReference.Kind.ENTRY, 1, vpn, 8 * vpn, get(vpn), null, null));
    }

    @Override
    public boolean prepare(long vpn) {
        int top = (int) (vpn >>> topShift);
        long[][] middle = pieces[top];
        int at = (int) (vpn >>> middleShift) & middleMask;
        if (middle != null && middle[at] != null) {
            return true;
        }
        long needed = 8L * (leafMask + 1) + (middle == null ? 8L * (middleMask + 1) : 0);
        if (!budget.take(needed)) {
            return false;
        }
        hostBytes += needed;
        needMore(middle == null ? 2 * ARRAY : ARRAY);
        if (middle == null) {
            middle = new long[middleMask + 1][];
            pieces[top] = middle;
        }
        middle[at] = new long[leafMask + 1];
        return true;
    }

    @Override
    public void set(long vpn, long pte) {
        long[][] middle = pieces[(int) (vpn >>> topShift)];
        long[] leaf = middle == null ? null : middle[(int) (vpn >>> middleShift) & middleMask];
        if (leaf == null) {
            throw new IllegalStateException("LinearPageTable: page " + vpn + " was not prepared");
        }
        leaf[(int) vpn & leafMask] = pte;
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        int end = (int) Math.min(pieces.length, (to - 1 >>> topShift) + 1);
        for (int top = (int) Math.min(end, from >>> topShift); top < end; top++) {
            long[][] middle = pieces[top];
            if (middle == null) {
                continue;
            }
            for (int at = 0; at < middle.length; at++) {
                long[] leaf = middle[at];
                if (leaf == null) {
                    continue;
                }
                long first = (long) top << topShift | (long) at << middleShift;
                if (first + leaf.length <= from || first >= to) {
                    continue;
                }
                for (int i = 0; i < leaf.length; i++) {
                    if (leaf[i] != 0 && (first | i) >= from && (first | i) < to) {
                        visitor.entry(first | i, leaf[i]);
                    }
                }
            }
        }
    }

    @Override
    public void saveMemory(StateWriter out) {
        out.writeLongs(leaves());
    }

    @Override
    public void loadMemory(StateReader in) {
        for (long page : in.readLongs()) {
            if (!prepare(page)) {
                throw new IllegalStateException(
                        "LinearPageTable: a saved table exceeds its budget");
            }
        }
    }

    /** One page of each piece that exists, in ascending order. */
    private long[] leaves() {
        LongStream.Builder leaves = LongStream.builder();
        for (int top = 0; top < pieces.length; top++) {
            long[][] middle = pieces[top];
            for (int at = 0; middle != null && at < middle.length; at++) {
                if (middle[at] != null) {
                    leaves.add((long) top << topShift | (long) at << middleShift);
                }
            }
        }
        return leaves.build().toArray();
    }

    @Override
    public int leafBits() {
        return vpnBits;
    }

    @Override
    public long bytes() {
        return 8L << vpnBits;
    }

    @Override
    public long hostBytes() {
        return hostBytes;
    }

    @Override
    public long copyBytes() {
        return hostBytes + overhead;
    }

    @Override
    public void release() {
        budget.give(hostBytes);
        needMore(-overhead);
        hostBytes = 0;
        pieces = new long[0][][];
    }

    private void needMore(long bytes) {
        budget.needMore(bytes);
        overhead += bytes;
    }

    private void charge(long bytes) {
        budget.charge(bytes);
        hostBytes += bytes;
    }
}

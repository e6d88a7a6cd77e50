package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.List;

/**
 * Segmentation over paging: the high bits of an address select a segment descriptor, which says
 * where the segment's page table is and how long it is; the rest is page and offset. A walk takes
 * two references, or one if the page is beyond the end of the table.
 *
 * <p>A segment's table grows to cover every page that it ever had. It grows up from its first page;
 * or down from its last page, if the first page it ever had was in its upper half, as in a stack.
 */
public final class SegmentedPageTable implements PageTable {

    private static final byte DOWN = 1;

    /** Host bytes of the bookkeeping for one segment. */
    private static final long HOST_BYTES = Long.BYTES + 1;

    private final LinearPageTable entries;
    private final HostBudget budget;
    private final int pageBits;

    /** The number of entries in each segment's table. */
    private long[] length;

    private byte[] direction;
    private int references;

    /** An empty table; the segment number is the highest {@code segmentBits} of {@code vpnBits}. */
    public SegmentedPageTable(int vpnBits, int segmentBits, HostBudget budget) {
        entries = new LinearPageTable(vpnBits, budget);
        pageBits = vpnBits - segmentBits;
        length = new long[1 << segmentBits];
        direction = new byte[length.length];
        this.budget = budget;
        budget.needMore(HOST_BYTES * length.length);
    }

    private int segment(long vpn) {
        return (int) (vpn >>> pageBits);
    }

    private long pageOf(long vpn) {
        return vpn & (1L << pageBits) - 1;
    }

    /** The index of a page in its segment's table, counted from the end that does not move. */
    private long place(long vpn) {
        long page = pageOf(vpn);
        return direction[segment(vpn)] == DOWN ? (1L << pageBits) - 1 - page : page;
    }

    private boolean isIn(long vpn) {
        return vpn >>> pageBits < length.length && place(vpn) < length[segment(vpn)];
    }

    @Override
    public long get(long vpn) {
        boolean in = isIn(vpn);
        references = in ? 2 : 1;
        return in ? entries.get(vpn) : 0;
    }

    @Override
    public long peek(long vpn) {
        return isIn(vpn) ? entries.get(vpn) : 0;
    }

    @Override
    public int references() {
        return references;
    }

    @Override
    public List<TableReference> path(long vpn) {
        List<TableReference> path = new ArrayList<>();
        if (vpn >>> pageBits >= length.length) {
            return path;
        }
        int segment = segment(vpn);
        long start = start(segment);
        path.add(
                new TableReference(
                        TableReference.Kind.SEGMENT,
                        1,
                        segment,
                        SegmentTable.DESCRIPTOR_BYTES * segment,
                        length[segment] == 0 ? 0 : start,
                        null,
                        null));
        if (isIn(vpn)) {
            long index =
                    direction[segment] == DOWN
                            ? pageOf(vpn) - ((1L << pageBits) - length[segment])
                            : pageOf(vpn);
            path.add(
                    new TableReference(
                            TableReference.Kind.ENTRY,
                            2,
                            index,
                            start + 8 * index,
                            entries.get(vpn),
                            null,
                            null));
        }
        return path;
    }

    /** Where a segment's table begins: the tables follow the descriptors, one after the other. */
    private long start(int segment) {
        long at = SegmentTable.DESCRIPTOR_BYTES * length.length;
        for (int before = 0; before < segment; before++) {
            at += 8 * length[before];
        }
        return at;
    }

    @Override
    public boolean prepare(long vpn) {
        if (!entries.prepare(vpn)) {
            return false;
        }
        int segment = segment(vpn);
        if (length[segment] == 0) {
            direction[segment] = pageOf(vpn) >>> pageBits - 1 == 0 ? 0 : DOWN;
        }
        length[segment] = Math.max(length[segment], place(vpn) + 1);
        return true;
    }

    @Override
    public void set(long vpn, long pte) {
        entries.set(vpn, pte);
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        entries.forEach(from, to, visitor);
    }

    @Override
    public long bytes() {
        return start(length.length);
    }

    @Override
    public long hostBytes() {
        return entries.hostBytes();
    }

    @Override
    public long copyBytes() {
        return entries.copyBytes() + HOST_BYTES * length.length;
    }

    @Override
    public void saveMemory(StateWriter out) {
        for (int segment = 0; segment < length.length; segment++) {
            out.writeLong(length[segment]);
            out.writeInt(direction[segment]);
        }
        entries.saveMemory(out);
    }

    @Override
    public void loadMemory(StateReader in) {
        for (int segment = 0; segment < length.length; segment++) {
            length[segment] = in.readLong();
            direction[segment] = (byte) in.readInt();
        }
        entries.loadMemory(in);
    }

    @Override
    public void release() {
        entries.release();
        budget.needMore(-HOST_BYTES * length.length);
        length = new long[0];
        direction = new byte[0];
    }
}

package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Translation by base and limit. With relocation there is one register pair for the whole process;
 * with segmentation there is one descriptor for each segment, in a table indexed by the high bits
 * of the address. A segment grows up from its lowest address, or down from its highest. Limits are
 * exact to the byte; memory is allocated in units of a frame, so a base is a multiple of the page
 * size.
 */
public final class SegmentTable implements PageTable {

    /** Bytes of a segment descriptor in the table. */
    public static final long DESCRIPTOR_BYTES = 8;

    /** Host bytes of a segment beside its entries. */
    private static final long SEGMENT_OVERHEAD = 128;

    private final HostBudget budget;
    private @Nullable Segment[] segments;
    private final int offsetBits;
    private final int segmentShift;
    private final boolean inRegisters;
    private long hostBytes;

    /** An empty table for one process. */
    public SegmentTable(MachineSpec spec, HostBudget budget) {
        this.budget = budget;
        offsetBits = spec.offsetBits();
        segmentShift = spec.addressBits() - spec.translation().segmentBits();
        inRegisters = spec.translation().kind() == Translation.Kind.RELOCATION;
        segments = new Segment[1 << spec.translation().segmentBits()];
        charge(DESCRIPTOR_BYTES * segments.length);
    }

    private void charge(long bytes) {
        budget.charge(bytes);
        hostBytes += bytes;
    }

    /**
     * The segment that an address selects, even if the address is beyond its limits; null if there
     * is none.
     */
    public @Nullable Segment at(long address) {
        long number = address >>> segmentShift;
        return number < segments.length ? segments[(int) number] : null;
    }

    /** The index of the segment that an address selects, whether it exists or not. */
    public int number(long address) {
        return (int) Math.min(segments.length, address >>> segmentShift);
    }

    /** The first address that selects a segment. */
    public long firstAddress(int number) {
        return (long) number << segmentShift;
    }

    /** The lowest unused index, or -1. */
    public int firstFree() {
        for (int number = 0; number < segments.length; number++) {
            if (segments[number] == null) {
                return number;
            }
        }
        return -1;
    }

    /** All segments, by index. */
    public List<Segment> all() {
        List<Segment> all = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment != null) {
                all.add(segment);
            }
        }
        return all;
    }

    /** Whether the budget has room for the kernel's entries of this many pages. */
    public boolean hasRoom(long pages) {
        return budget.has(8 * pages);
    }

    /** Creates the segment for an area. None of it is in memory yet. */
    public Segment add(MemoryArea area) {
        Segment made = new Segment(number(area.start()), area, offsetBits);
        segments[made.number()] = made;
        budget.needMore(SEGMENT_OVERHEAD);
        charge(8L * made.pages());
        return made;
    }

    /** Gives a segment its area's new extent. */
    public void resize(Segment segment, MemoryArea area) {
        charge(-8L * segment.pages());
        segment.cover(area, offsetBits);
        charge(8L * segment.pages());
    }

    /** Removes a segment. */
    public void remove(Segment segment) {
        segments[segment.number()] = null;
        budget.needMore(-SEGMENT_OVERHEAD);
        charge(-8L * segment.pages());
    }

    /**
     * What the hardware does with an access: compare it with the limits, check that the segment is
     * present and allows it, and add the base. The result is as in {@link Mmu#access}.
     */
    int access(long address, int size, int op) {
        Segment segment = at(address);
        if (segment == null
                || address < segment.start()
                || address + size > segment.end()
                || !segment.isPresent()) {
            return Mmu.PAGE_FAULT;
        }
        if (!Pte.allows(segment.permissions() | Pte.VALID, op)) {
            return Mmu.PROTECTION_FAULT;
        }
        boolean first = op == Op.WRITE && !segment.isDirty();
        segment.use(op == Op.WRITE);
        int frame = segment.base() + (int) ((address >>> offsetBits) - segment.firstPage());
        return first ? frame | Mmu.FIRST_WRITE : frame;
    }

    /**
     * Runs accesses from index {@code from} as long as each is a plain addition. It does what
     * {@link #access} does, without the slow branches. Returns the index of the first access not
     * run.
     */
    int run(long[] words, int @Nullable [] sizes, int from, int to) {
        int at = from;
        for (; at < to; at++) {
            long address = AccessBlock.address(words[at]);
            int op = AccessBlock.op(words[at]);
            Segment segment = at(address);
            if (segment == null
                    || address < segment.start()
                    || address + (sizes == null ? 1 : sizes[at]) > segment.end()
                    || !segment.isReady(op)) {
                break;
            }
        }
        return at;
    }

    /** The bits belong to the segment. */
    @Override
    public boolean sharesMarks(long vpn) {
        return true;
    }

    @Override
    public long get(long vpn) {
        Segment segment = segmentOf(vpn);
        return segment == null ? 0 : segment.get(vpn);
    }

    private @Nullable Segment segmentOf(long vpn) {
        Segment segment = at(vpn << offsetBits);
        return segment == null || !segment.holds(vpn) ? null : segment;
    }

    /**
     * One for segmentation, whose descriptor is in memory; none for relocation, whose registers are
     * in the processor.
     */
    @Override
    public int references() {
        return inRegisters ? 0 : 1;
    }

    @Override
    public List<TableReference> path(long vpn) {
        long number = number(vpn << offsetBits);
        if (inRegisters || number == segments.length) {
            return List.of();
        }
        return List.of(
                new TableReference(
                        TableReference.Kind.SEGMENT,
                        1,
                        number,
                        DESCRIPTOR_BYTES * number,
                        word(segments[(int) number]),
                        null,
                        null));
    }

    /**
     * A descriptor: the base's frame in the high half; in the low half the number of pages above
     * twelve bits of flags as in {@link Pte}.
     */
    private static long word(@Nullable Segment segment) {
        if (segment == null) {
            return 0;
        }
        long flags =
                segment.permissions()
                        | (segment.isPresent() ? Pte.VALID : 0)
                        | (segment.isAccessed() ? Pte.ACCESSED : 0)
                        | (segment.isDirty() ? Pte.DIRTY : 0)
                        | (segment.growsDown() ? Pte.COW : 0);
        long base = segment.isPresent() ? segment.base() : 0;
        return base << 32 | (long) segment.pages() << 12 | flags;
    }

    @Override
    public boolean prepare(long vpn) {
        return segmentOf(vpn) != null;
    }

    @Override
    public void set(long vpn, long pte) {
        Segment segment = segmentOf(vpn);
        if (segment == null) {
            throw new IllegalStateException("SegmentTable: page " + vpn + " is in no segment");
        }
        segment.set(vpn, pte);
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        for (Segment segment : segments) {
            if (segment == null) {
                continue;
            }
            long first = segment.firstPage();
            long end = Math.min(to, first + segment.pages());
            for (long vpn = Math.max(from, first); vpn < end; vpn++) {
                long pte = segment.get(vpn);
                if (pte != 0) {
                    visitor.entry(vpn, pte);
                }
            }
        }
    }

    @Override
    public long bytes() {
        return inRegisters ? 0 : DESCRIPTOR_BYTES * segments.length;
    }

    @Override
    public long hostBytes() {
        return hostBytes;
    }

    @Override
    public long copyBytes() {
        return hostBytes + SEGMENT_OVERHEAD * segments.length;
    }

    @Override
    public void saveMemory(StateWriter out) {
        List<Segment> all = all();
        out.writeInt(all.size());
        all.forEach(segment -> segment.save(out));
    }

    @Override
    public void loadMemory(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            Segment segment = segments[in.readInt()];
            if (segment == null) {
                throw new IllegalStateException("SegmentTable: a saved segment has no area");
            }
            segment.restore(in);
        }
    }

    @Override
    public void release() {
        charge(-hostBytes);
        budget.needMore(-SEGMENT_OVERHEAD * all().size());
        segments = new Segment[0];
    }
}

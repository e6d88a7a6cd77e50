package dev.faultline.machine.hardware;

import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/**
 * The page tables of the kind that the spec asks for: how to make one, and how much host memory it
 * takes. An inverted table belongs to the machine and is kept here.
 */
public final class PageTables {

    private final MachineSpec spec;
    private final Translation translation;
    private final HostBudget budget;
    private final @Nullable InvertedTable inverted;

    /** Tables whose memory is charged to a budget. */
    public PageTables(MachineSpec spec, HostBudget budget) {
        this.spec = spec;
        this.translation = spec.translation();
        this.budget = budget;
        inverted =
                translation.kind() == Translation.Kind.INVERTED
                        ? new InvertedTable(translation.buckets(), spec.frames())
                        : null;
    }

    /** An empty page table for an address space, not in the machine's frames. */
    public PageTable newTable(int asid) {
        return switch (translation.kind()) {
            case LINEAR -> new LinearPageTable(spec.vpnBits(), budget);
            case HIERARCHICAL ->
                    new HierarchicalPageTable(
                            toArray(translation.levels()), translation.entryBytes(), budget);
            case HASHED -> new HashedPageTable(translation.buckets(), budget);
            case RELOCATION, SEGMENTATION -> new SegmentTable(spec, budget);
            case SEGMENTED_PAGING ->
                    new SegmentedPageTable(spec.vpnBits(), translation.segmentBits(), budget);
            case INVERTED ->
                    new InvertedPageTable(
                            asid,
                            Objects.requireNonNull(inverted),
                            new HierarchicalPageTable(
                                    toArray(Translation.defaultLevels(spec.vpnBits())), budget));
        };
    }

    private static int[] toArray(List<Integer> levels) {
        return levels.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Host bytes of an empty table. */
    public long emptyBytes() {
        return switch (translation.kind()) {
            case LINEAR, SEGMENTED_PAGING -> LinearPageTable.emptyBytes(spec.vpnBits());
            case HIERARCHICAL -> 8L << translation.levels().getFirst();
            case HASHED -> translation.fixedBytes(spec.frames());
            case RELOCATION, SEGMENTATION ->
                    SegmentTable.DESCRIPTOR_BYTES << translation.segmentBits();
            case INVERTED -> 8L << Translation.defaultLevels(spec.vpnBits()).getFirst();
        };
    }

    /** Host bytes of the machine's own table, beside its fixed ones. */
    public long hostBytes() {
        return inverted == null ? 0 : inverted.hostBytes();
    }

    /** The most host memory, in bytes, that entries for {@code pages} more pages need. */
    public long growth(long pages) {
        long left = Math.max(0, budget.left());
        return switch (translation.kind()) {
            case LINEAR, SEGMENTED_PAGING ->
                    LinearPageTable.growth(spec.vpnBits(), pages, budget) + accounts(pages, 0);
            case HIERARCHICAL ->
                    HierarchicalPageTable.growth(translation.levels(), pages, budget)
                            + accounts(pages, translation.levels().size() - 1);
            case HASHED -> {
                long elements = Math.min(pages, left / Translation.ELEMENT_BYTES + 1);
                yield HashChains.mostBytes(budget.used() / Translation.ELEMENT_BYTES + elements);
            }
            case INVERTED ->
                    HierarchicalPageTable.growth(
                                    Translation.defaultLevels(spec.vpnBits()), pages, budget)
                            + (inverted == null ? 0 : inverted.growth(pages));
            case RELOCATION, SEGMENTATION -> budget.used() + Math.min(8 * pages, left); // copied
        };
    }

    /** What is kept of the frames of tables, with this many levels of nodes above the leaves. */
    private long accounts(long pages, int levels) {
        if (translation.memory() == Translation.Memory.FREE) {
            return 0;
        }
        int largest = spec.translation().levels().stream().mapToInt(bits -> bits).max().orElse(0);
        long nodes = 1 + levels * (1 + (8L << largest >>> spec.offsetBits()));
        return PageTableInFrames.HOST_BYTES
                * (long) Math.min((double) pages * nodes, spec.frames());
    }

    /** Writes the table that is the machine's and no process's, if there is one. */
    public void save(StateWriter out) {
        if (inverted != null) {
            inverted.save(out);
        }
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        if (inverted != null) {
            inverted.load(in);
        }
    }

    /** The inverted table of the machine, or null. */
    public @Nullable InvertedTable inverted() {
        return inverted;
    }
}

package dev.faultline.machine;

import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.PageStore;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.MemoryObjects;

import org.jspecify.annotations.Nullable;

/**
 * How many bytes of the host's memory faults, and pages that move, may take at most. A part of
 * {@link Footprint}.
 */
final class FaultGrowth {

    /** What any command may leave behind, as a list that has grown. */
    private static final long SMALL = 4 << 10;

    private final Parts parts;
    private final MachineSpec spec;
    private final ReplacementPolicy policy;
    private final @Nullable WorkingSetMeter meter;

    /** Whether a process may have a handler. */
    private boolean handlers;

    /** Bytes that a handler copies at most. */
    private long copied;

    FaultGrowth(Parts parts) {
        this.parts = parts;
        spec = parts.spec();
        policy = parts.policy();
        meter = parts.meter();
    }

    /** A process may have a handler from now on. */
    void expect(UserHandler handler) {
        handlers = true;
        copied = Math.max(copied, handler.copied());
    }

    /**
     * What {@code count} faults may take. Each brings in a page, its neighbours and perhaps a page
     * of a page table, and processes may come back from the store first.
     */
    long faults(long count) {
        PagingSpec paging = spec.paging();
        long ahead = Math.max(paging.readAhead().swap(), paging.readAhead().file()) - 1L;
        long copies = handlers ? saturated(runs(count), copiedPages()) : 0;
        long pages = saturated(count, 1 + ahead + paging.readAhead().stride()) + 2 * copies;
        long moves = pages + paging.watermarks().high() + parts.swap().used();
        long left = Math.max(0, parts.tableMemory().left());
        return parts.tables().growth(pages)
                + Math.min(saturated(pages, MemoryObjects.HOST_BYTES), left + SMALL)
                + parts.reverse()
                        .growth(Math.min(saturated(pages, hugePages()), pages + spec.frames()))
                + swap(moves)
                + content(moves, copies)
                + policy.growth(moves)
                + (meter == null ? 0 : WorkingSetMeter.growth(moves))
                + (paging.isActive() ? Disk.growth(Math.min(moves, paging.inFlight() + pages)) : 0)
                + (handlers ? handled(count) : 0);
    }

    /** The most runs of handlers for this many faults. */
    private long runs(long faults) {
        return saturated(faults, spec.limits().handlerTries());
    }

    /** The most pages, or blocks of a large page, that the copies of a handler touch. */
    private long copiedPages() {
        long block = Math.min(spec.pageSize(), PageBytes.BLOCK);
        return copied == 0 ? 0 : copied / block + 2 * UserHandler.MAX_ACTIONS;
    }

    /** What the handlers of this many faults may map. */
    private long handled(long count) {
        long areas = saturated(runs(count), UserHandler.MAX_ACTIONS);
        long most = Math.max(0, parts.tableMemory().left()) / AddressSpace.HOST_BYTES_PER_AREA;
        return someAreas(Math.min(areas, most));
    }

    /** Ranges of areas, each of which may split two areas and map a new object. */
    static long someAreas(long ranges) {
        return AddressSpace.growth(2 * ranges) + ranges * MemoryObjects.growth();
    }

    private int hugePages() {
        return spec.translation().hugePages();
    }

    /** A product, or a number that is larger than any amount of memory. */
    static long saturated(long one, long other) {
        return (long) Math.min((double) one * other, Long.MAX_VALUE >> 16);
    }

    /** What slots of the backing store may take. */
    long swap(long slots) {
        long bounded = Math.min(slots, spec.swap().slots());
        long needed = Math.min(parts.swap().used() + bounded, spec.swap().slots());
        long store = needed <= parts.store().size() ? 0 : PageStore.hostBytes(needed + needed / 2);
        return parts.swap().growth(bounded) + store + Long.BYTES * bounded;
    }

    /**
     * The contents of pages that are copied, at most all there are, and of new stores. A page has a
     * copy in memory and one on the disk; the budget covers the rest.
     */
    long content(long moves, long stores) {
        long pageSize = spec.pageSize();
        long there = parts.content().hostBytes();
        double each = PageBytes.leastHostBytes(pageSize);
        double left =
                Math.max(0, parts.content().left()) * each / Math.min((double) pageSize, each);
        double moved = 2.0 * moves * (double) Math.min(there, PageBytes.mostHostBytes(pageSize));
        double tables =
                spec.translation().memory() == Translation.Memory.PAGEABLE
                        ? (double) Math.min(moves, spec.frames())
                                * PageBytes.mostHostBytes(pageSize)
                        : 0;
        return (long) (Math.min(moved + stores * each, left + 2.0 * there) + tables);
    }
}

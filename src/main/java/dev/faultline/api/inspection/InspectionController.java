package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.SlotView;
import dev.faultline.machine.protocol.TlbEntryView;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/** Looking inside a machine. Nothing here touches it. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Looking inside")
class InspectionController {

    /** The most bytes of memory in one answer. */
    static final int MAX_BYTES = 1 << 20;

    /** Some pages. */
    record PageList(List<PageBody> pages, @Nullable String nextCursor) {}

    /** Some frames. */
    record FrameList(List<FrameBody> frames, @Nullable String nextCursor) {}

    /** Some places of the TLB. */
    record TlbList(List<TlbEntryView> entries, @Nullable String nextCursor) {}

    /** Some used slots of the backing store. */
    record SlotList(
            int capacity,
            int used,
            int free,
            @Schema(description = "Pages that the kernel has promised a place for.") long promised,
            @Schema(description = "Pages it promises at most; null if it promises freely.")
                    @Nullable Long promiseLimit,
            List<SlotView> slots,
            @Nullable String nextCursor) {}

    /** The disk, and the blocks that it has moved for pages of the store and of files. */
    record DiskBody(long blockSize, long blockReads, long blockWrites) {}

    /** Bytes of a process's memory. */
    record MemoryBody(int pid, String address, int length, byte[] bytes) {}

    @GetMapping("/counters")
    @Operation(
            operationId = "getCounters",
            summary = "Show a machine's counters",
            description =
                    "Shows the machine's counters. `pageFaults` is `minorFaults` "
                            + "plus `majorFaults`; protection faults are counted apart.")
    ResponseEntity<Counters> counters(Subject subject) {
        return subject.show(m -> m.counters());
    }

    @GetMapping("/processes/{pid}/pages")
    @Operation(
            operationId = "listPages",
            summary = "List page-table entries: all in a range, or all that are not unallocated",
            description =
                    "Lists page-table entries of the process. With `from` and `to` "
                            + "every page in the range is listed, without them all pages that "
                            + "are not unallocated.")
    ResponseEntity<PageList> pages(
            Subject subject,
            @RequestParam(required = false) @Min(0) @Nullable Long from,
            @RequestParam(required = false) @Min(0) @Nullable Long to,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int number = subject.pid();
        long all = subject.spec().pages();
        long first = from == null ? 0 : from;
        long end = to == null ? all : to;
        if (end > all || first > end) {
            throw ApiException.badParameter(
                    "to", "from and to must be in order and at most " + all + " pages");
        }
        long start = Lists.after(cursor, first - 1) + 1;
        if (from == null && to == null) {
            return subject.show(m -> allocated(m, number, start, limit));
        }
        return subject.show(m -> range(m, number, start, end, limit));
    }

    private static PageList allocated(Machine machine, int pid, long start, int limit) {
        Pids.view(machine, pid);
        List<PageView> pages = machine.inspect().allocatedPages(pid, start, limit + 1);
        return new PageList(
                Lists.part(pages, limit).stream().map(PageBody::of).toList(),
                Lists.next(pages, limit, PageView::page));
    }

    private static PageList range(Machine machine, int pid, long start, long end, int limit) {
        Pids.view(machine, pid);
        long stop = Math.min(end, start + limit);
        return new PageList(
                machine.inspect().pages(pid, start, stop).stream().map(PageBody::of).toList(),
                stop < end ? Lists.cursor(stop - 1) : null);
    }

    @GetMapping("/frames")
    @Operation(
            operationId = "listFrames",
            summary = "List page frames",
            description =
                    "Lists the page frames in order of number, free ones too, with "
                            + "all pages that map each.")
    ResponseEntity<FrameList> frames(
            Subject subject,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return subject.show(
                m ->
                        rows(
                                cursor,
                                limit,
                                m.inspect().frames().frameCount(),
                                m.inspect().frames()::frames,
                                (rows, next) ->
                                        new FrameList(
                                                rows.stream().map(FrameBody::of).toList(), next)));
    }

    @GetMapping("/tlb")
    @Operation(
            operationId = "listTlb",
            summary = "List the TLB, set by set; empty if none",
            description =
                    "Lists the entries of the TLBs, set by set, empty ones "
                            + "included. The list is empty if the machine has no TLB.")
    ResponseEntity<TlbList> tlb(
            Subject subject,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return subject.show(
                m ->
                        rows(
                                cursor,
                                limit,
                                m.inspect().translation().size(),
                                m.inspect().translation()::entries,
                                TlbList::new));
    }

    /** A part of a list whose rows are numbered from 0 to below {@code size}. */
    private static <R, L> L rows(
            @Nullable String cursor,
            int limit,
            int size,
            BiFunction<Integer, Integer, List<R>> rows,
            BiFunction<List<R>, @Nullable String, L> list) {
        int start = (int) Math.min(Lists.after(cursor, -1) + 1, size);
        int stop = Math.min(size, start + limit);
        return list.apply(rows.apply(start, stop), stop < size ? Lists.cursor(stop - 1) : null);
    }

    @GetMapping("/swap")
    @Operation(
            operationId = "listSwap",
            summary = "List the used slots of the backing store",
            description =
                    "Lists the used slots of the backing store, with the pages that "
                            + "each holds.")
    ResponseEntity<SlotList> swap(
            Subject subject,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int start = (int) Math.min(Lists.after(cursor, -1) + 1, Integer.MAX_VALUE - 1);
        return subject.show(m -> slots(m, start, limit));
    }

    private static SlotList slots(Machine machine, int start, int limit) {
        Inspector inspector = machine.inspect();
        List<SlotView> slots = inspector.frames().slots(start, limit + 1);
        int used = inspector.frames().usedSlots();
        return new SlotList(
                inspector.frames().slotCount(),
                used,
                inspector.frames().slotCount() - used,
                inspector.frames().promisedPages(),
                limit(inspector.frames().promiseLimit()),
                Lists.part(slots, limit),
                Lists.next(slots, limit, SlotView::slot));
    }

    private static @Nullable Long limit(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : null;
    }

    @GetMapping("/disk")
    @Operation(
            operationId = "getDisk",
            summary = "Show how many blocks the disk has moved",
            description = "Shows how many blocks were read from and written to the disk.")
    ResponseEntity<DiskBody> disk(Subject subject) {
        return subject.show(
                m ->
                        new DiskBody(
                                m.spec().blockSize(),
                                m.counters().get(Counter.BLOCK_READS),
                                m.counters().get(Counter.BLOCK_WRITES)));
    }

    @GetMapping("/memory")
    @Operation(
            operationId = "readMemory",
            summary = "Show bytes of a process's memory, wherever they are, without touching them",
            description =
                    "Shows bytes of a process's memory, wherever they are: in a "
                            + "frame, in the store or in a file. Nothing is touched: no "
                            + "fault, no referenced bit.")
    ResponseEntity<MemoryBody> memory(
            Subject subject,
            @RequestParam @Min(1) int pid,
            @RequestParam Address address,
            @RequestParam @Min(1) @Max(MAX_BYTES) int length) {
        long space = 1L << subject.spec().addressBits();
        if (address.value() >= space || length > space - address.value()) {
            throw ApiException.badParameter(
                    "address",
                    "the bytes reach beyond the address space, whose last address is "
                            + Address.format(space - 1));
        }
        return subject.show(m -> bytes(m, pid, address.value(), length));
    }

    private static MemoryBody bytes(Machine machine, int pid, long address, int length) {
        if (Pids.view(machine, pid).state() == ProcessState.TERMINATED) {
            throw ApiException.processExited(pid);
        }
        byte[] bytes =
                machine.inspect()
                        .bytes(pid, address, length)
                        .orElseThrow(
                                () ->
                                        new ApiException(
                                                Reason.NOT_MAPPED,
                                                "some of the bytes are in no area, or past a file's end, of process "
                                                        + pid));
        return new MemoryBody(pid, Address.format(address), length, bytes);
    }
}

package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.PageState;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.SwapSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Answers where the pages of processes are and what is in them. Looking changes nothing. */
final class PageInspector {

    private final Parts parts;
    private final Tasks tasks;

    PageInspector(Parts parts) {
        this.parts = parts;
        this.tasks = parts.tasks();
    }

    /** Every page in [{@code from}, {@code to}). */
    List<PageView> pages(int pid, long from, long to) {
        List<PageView> pages = new ArrayList<>();
        Task task = task(pid);
        for (long page = from; page < to; page++) {
            pages.add(view(task, page, task.isTerminated() ? 0 : task.table().peek(page)));
        }
        return pages;
    }

    /** At most {@code most} allocated pages, from page {@code from} on. */
    List<PageView> allocatedPages(int pid, long from, int most) {
        NavigableMap<Long, PageView> pages = new TreeMap<>();
        Task task = task(pid);
        if (!task.isTerminated()) {
            task.table()
                    .forEach(
                            from,
                            Long.MAX_VALUE,
                            (page, pte) -> {
                                if (pages.size() < most) {
                                    pages.put(page, view(task, page, pte));
                                }
                            });
        }
        for (MemoryArea area : task.space().areas()) {
            MemoryObject object = parts.objects().find(area);
            if (object != null) {
                long first = firstPage(area);
                long shift = first - area.objectPage(first, parts.spec().offsetBits());
                for (long page :
                        object.storedPages(Math.max(from, first) - shift, endPage(area) - shift)) {
                    pages.putIfAbsent(page + shift, view(task, page + shift, 0));
                }
            }
        }
        return pages.values().stream().limit(most).toList();
    }

    private long firstPage(MemoryArea area) {
        return area.start() >>> parts.spec().offsetBits();
    }

    private long endPage(MemoryArea area) {
        return (area.end() - 1 >>> parts.spec().offsetBits()) + 1;
    }

    /** The slot of a page that is not resident, or NONE. */
    private int storedSlot(Task task, long page, long pte) {
        if (Pte.isValid(pte) || Pte.isSwapped(pte)) {
            return Pte.isValid(pte) ? SwapSpace.NONE : Pte.slot(pte);
        }
        MemoryArea area = task.space().areaAt(page);
        MemoryObject object = area == null ? null : parts.objects().find(area);
        return object == null || area == null
                ? SwapSpace.NONE
                : object.slot(area.objectPage(page, parts.spec().offsetBits()));
    }

    /** Whether a page that has no frame and no slot belongs to a file. */
    private boolean isInFile(Task task, long page) {
        MemoryArea area = task.space().areaAt(page);
        MemoryObject object = area == null ? null : parts.objects().find(area);
        DiskFile file = object == null ? null : object.file();
        return area != null
                && file != null
                && area.objectPage(page, parts.spec().offsetBits()) < file.pageCount();
    }

    private PageView view(Task task, long page, long pte) {
        boolean valid = Pte.isValid(pte);
        int stored = storedSlot(task, page, pte);
        boolean swapped = stored != SwapSpace.NONE;
        Integer slot = swapped ? Integer.valueOf(stored) : null;
        if (valid && parts.frames().slot(Pte.frame(pte)) != FrameTable.NONE) {
            slot = parts.frames().slot(Pte.frame(pte));
        }
        return new PageView(
                page,
                valid
                        ? PageState.RESIDENT
                        : swapped
                                ? PageState.SWAPPED
                                : isInFile(task, page) ? PageState.FILE : PageState.UNALLOCATED,
                valid ? Pte.frame(pte) : null,
                valid,
                valid && (pte & Pte.WRITE) != 0,
                valid && Pte.isDirty(pte),
                valid && (pte & Pte.ACCESSED) != 0,
                valid && Pte.isCow(pte),
                slot);
    }

    /**
     * Whether the pages of an area are in memory, from the page of an address to the area's end, at
     * most {@code most} pages. A page of a file or of shared memory counts whichever process
     * brought it in. Empty if no area holds the address.
     */
    List<Boolean> residency(int pid, long address, int most) {
        Task task = task(pid);
        int offsetBits = parts.spec().offsetBits();
        long first = address >>> offsetBits;
        MemoryArea area = task.space().areaAt(first);
        if (area == null) {
            return List.of();
        }
        MemoryObject object = parts.objects().find(area);
        return LongStream.range(first, Math.min(endPage(area), first + most))
                .mapToObj(
                        page ->
                                Pte.isValid(task.table().get(page))
                                        || object != null
                                                && object.frame(area.objectPage(page, offsetBits))
                                                        != MemoryObject.NONE)
                .toList();
    }

    /**
     * The bytes that a process would read, wherever they are; empty if one of them lies in no area
     * or past the end of a mapped file. The pages are not touched.
     */
    Optional<byte[]> bytes(int pid, long address, int length) {
        Task task = task(pid);
        byte[] bytes = new byte[length];
        int offsetBits = parts.spec().offsetBits();
        for (int i = 0; i < length; i++) {
            long vpn = address + i >>> offsetBits;
            MemoryArea area = task.space().areaAt(vpn);
            if (area == null) {
                return Optional.empty();
            }
            long pte = task.table().peek(vpn);
            int frame = Pte.isValid(pte) ? Pte.frame(pte) : FrameTable.NONE;
            MemoryObject object = Pte.isSwapped(pte) ? null : parts.objects().find(area);
            long objectPage = area.objectPage(vpn, offsetBits);
            if (frame == FrameTable.NONE && object != null) {
                frame = object.frame(objectPage);
            }
            DiskFile file = object == null ? null : object.file();
            if (frame == FrameTable.NONE && file != null && objectPage >= file.pageCount()) {
                return Optional.empty();
            }
            int slot = storedSlot(task, vpn, pte);
            long offset = address + i & parts.spec().pageSize() - 1;
            if (frame != FrameTable.NONE) {
                bytes[i] = (byte) parts.memory().read(frame, offset, 1);
            } else if (slot != SwapSpace.NONE) {
                bytes[i] = (byte) parts.store().read(slot, offset, 1);
            } else if (file != null) {
                PageBytes held = file.page(objectPage);
                bytes[i] = held == null ? 0 : held.get(offset);
            }
        }
        return Optional.of(bytes);
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }
}

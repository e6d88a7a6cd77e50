package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;

import org.jspecify.annotations.Nullable;

import java.util.stream.LongStream;

/**
 * The system calls about pages rather than areas: madvise, msync, mlock, munlock, and Appel and
 * Li's "dirty". Each either does what it was asked or refuses and changes nothing.
 */
final class PageCalls {

    private final Unmapper unmapper;
    private final Reclaim reclaim;
    private final FaultHandler handler;
    private final ObjectPager pager;
    private final MemoryObjects objects;
    private final FrameTable frames;
    private final Cpus cpus;
    private final Tasks tasks;
    private final Accounting accounting;
    private final AreaRules rules;
    private final Evictor evictor;
    private final long pageSize;
    private final int offsetBits;
    private final int hugePages;

    PageCalls(
            Parts parts,
            AreaRules rules,
            Unmapper unmapper,
            Reclaim reclaim,
            Evictor evictor,
            FaultHandler handler,
            ObjectPager pager) {
        this.unmapper = unmapper;
        this.reclaim = reclaim;
        this.handler = handler;
        this.pager = pager;
        this.rules = rules;
        this.evictor = evictor;
        tasks = parts.tasks();
        accounting = parts.accounting();
        objects = parts.objects();
        frames = parts.frames();
        cpus = parts.cpus();
        pageSize = parts.spec().pageSize();
        offsetBits = parts.spec().offsetBits();
        hugePages = parts.spec().translation().hugePages();
    }

    /** Takes advice about how pages will be used; some of it is acted on at once. */
    Outcome advise(Task task, Command.Advise command) {
        long start = command.start();
        long end = task.space().roundedUp(start + command.length());
        Outcome.Refused hole = rules.refuseHoles(task, start, end);
        if (hole != null) {
            return hole;
        }
        Outcome.Refused refusal = refuse(task, command, start, end);
        if (refusal != null) {
            return refusal;
        }
        long from = start >>> offsetBits;
        long to = end >>> offsetBits;
        switch (command.advice()) {
            case HUGEPAGE -> flag(task, start, end, MemoryArea.HUGE, MemoryArea.HUGE);
            case NOHUGEPAGE -> flag(task, start, end, MemoryArea.HUGE, 0);
            case NORMAL -> expect(task, start, end, 0);
            case SEQUENTIAL -> expect(task, start, end, MemoryArea.SEQUENTIAL);
            case RANDOM -> expect(task, start, end, MemoryArea.RANDOM);
            case WILLNEED -> bringIn(task, from, to);
            case DONTNEED -> unmapper.unmap(task, from, to);
            case FREE -> task.table().forEach(from, to, (vpn, pte) -> letGo(task, vpn, pte));
        }
        accounting
                .events()
                .area(Event.Kind.ADVISE, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Done();
    }

    private Outcome.@Nullable Refused refuse(
            Task task, Command.Advise command, long start, long end) {
        return switch (command.advice()) {
            case HUGEPAGE ->
                    hugePages > 1
                            ? rules.refuseSplit(task.space(), start, end)
                            : new Outcome.Refused(
                                    "EINVAL",
                                    "only a hierarchical table of several levels that takes no"
                                            + " frames has huge pages");
            case NORMAL, SEQUENTIAL, RANDOM, NOHUGEPAGE ->
                    rules.refuseSplit(task.space(), start, end);
            case WILLNEED -> null;
            case DONTNEED, FREE -> {
                boolean free = command.advice() == Command.Advice.FREE;
                for (MemoryArea area : task.space().areasIn(start, end)) {
                    if (area.has(MemoryArea.LOCKED)) {
                        yield new Outcome.Refused("EINVAL", "some of the pages are locked");
                    }
                    if (free && area.hasObject()) {
                        yield new Outcome.Refused(
                                "EINVAL", "free is for private memory that is no file's");
                    }
                }
                yield null;
            }
        };
    }

    private static void expect(Task task, long start, long end, int use) {
        flag(task, start, end, MemoryArea.SEQUENTIAL | MemoryArea.RANDOM, use);
    }

    private static void flag(Task task, long start, long end, int which, int value) {
        task.space().change(start, end, area -> area.withFlags(area.flags() & ~which | value));
    }

    /** Brings pages in while frames are free; those of files into the page cache. */
    private void bringIn(Task task, long from, long to) {
        for (MemoryArea area : task.space().areasIn(from << offsetBits, to << offsetBits)) {
            long first = Math.max(from, area.start() >>> offsetBits);
            long end = Math.min(to, (area.end() - 1 >>> offsetBits) + 1);
            MemoryObject object = objects.find(area);
            if (object != null) {
                pager.bringIn(
                        task,
                        object,
                        area.objectPage(first, offsetBits),
                        area.objectPage(end, offsetBits),
                        FrameTable.NONE);
            }
            long[] stored = task.table().pages(first, end, Pte::isSwapped);
            for (long vpn : stored) {
                if (reclaim.hasFree(task)) {
                    handler.bringIn(task, vpn);
                }
            }
        }
    }

    /**
     * Marks a page without a copy as clean, so that eviction drops it. A shared page stays as it
     * is.
     */
    private void letGo(Task task, long vpn, long pte) {
        if (!Pte.isValid(pte)) {
            unmapper.unmap(task, vpn, vpn + 1);
        } else if (!unmapper.mayBeShared(pte)) {
            int frame = Pte.frame(pte);
            task.table().set(vpn, pte & ~Pte.DIRTY);
            frames.marks().forget(Pte.frame(pte));
            cpus.invalidate(task.asid(), vpn);
            frames.setDirty(frame, false);
            unmapper.forgetCopy(frame);
        }
    }

    /** Writes back the pages of shared files in a range that are dirty through any entry. */
    Outcome sync(Task task, Command.Sync command) {
        long start = command.start();
        long end = task.space().roundedUp(start + command.length());
        Outcome.Refused hole = rules.refuseHoles(task, start, end);
        if (hole != null) {
            return hole;
        }
        for (MemoryArea area : task.space().areasIn(start, end)) {
            MemoryObject object = area.isShared() ? objects.find(area) : null;
            long first = Math.max(start, area.start()) >>> offsetBits;
            long last = Math.min(end, area.end()) - 1 >>> offsetBits;
            if (object != null) {
                object.framesIn(
                                area.objectPage(first, offsetBits),
                                area.objectPage(last, offsetBits) + 1)
                        .forEach(frame -> evictor.clean(frame, task));
            }
        }
        accounting
                .events()
                .area(Event.Kind.SYNC, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Done();
    }

    /** Why pages could not be brought in by a touch, or null. */
    private Outcome.@Nullable Refused refuseUntouchable(Task task, long start, long end) {
        for (MemoryArea area : task.space().areasIn(start, end)) {
            if (area.protection() == 0) {
                return new Outcome.Refused("ENOMEM", "some of the pages allow no access");
            }
            MemoryObject object = objects.find(area);
            DiskFile file = object == null ? null : object.file();
            long last = Math.min(end, area.end()) - 1 >>> offsetBits;
            if (file != null && area.objectPage(last, offsetBits) >= file.pageCount()) {
                return new Outcome.Refused("ENOMEM", "some of the pages are past a file's end");
            }
        }
        return null;
    }

    /**
     * Brings pages in and keeps them there; or lets them go again. One frame of the machine must
     * stay unlocked. Pages that no touch could bring in are refused (Linux: ENOMEM).
     */
    Outcome lock(Task task, Command.Lock command) {
        AddressSpace space = task.space();
        long start = command.start();
        long end = space.roundedUp(start + command.length());
        Outcome.Refused hole = rules.refuseHoles(task, start, end);
        if (hole != null) {
            return hole;
        }
        Outcome.Refused split = rules.refuseSplit(space, start, end);
        if (split != null) {
            return split;
        }
        if (!command.locked()) {
            space.change(start, end, each -> each.withFlags(each.flags() & ~MemoryArea.LOCKED));
        } else {
            long more = (end - start) / pageSize - space.lockedPages(start, end);
            long locked = 0;
            for (Task each : tasks) {
                locked += each.isTerminated() ? 0 : each.space().lockedPages();
            }
            long most = frames.size() - 1 - locked;
            if (more > most) {
                return new Outcome.Refused(
                        "ENOMEM",
                        "one frame must stay unlocked: "
                                + Math.max(0, most)
                                + " pages more can be locked, not "
                                + more);
            }
            Outcome.Refused untouchable = refuseUntouchable(task, start, end);
            if (untouchable != null) {
                return untouchable;
            }
            tasks.expectLocks();
            space.change(start, end, each -> each.withFlags(each.flags() | MemoryArea.LOCKED));
            for (long vpn = start >>> offsetBits; vpn < end >>> offsetBits; vpn++) {
                handler.touch(task, vpn);
            }
        }
        accounting
                .events()
                .area(Event.Kind.LOCK, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Done();
    }

    /** Returns the pages of a range that were written to since the last call. */
    Outcome dirty(Task task, Command.Dirty command) {
        long from = command.start() >>> offsetBits;
        long to = task.space().roundedUp(command.start() + command.length()) >>> offsetBits;
        long[] pages = task.table().pages(from, to, pte -> Pte.isValid(pte) && Pte.isDirty(pte));
        for (long vpn : pages) {
            long pte = task.table().get(vpn);
            frames.setDirty(Pte.frame(pte), true); // it must still be written out
            task.table().set(vpn, pte & ~Pte.DIRTY);
            frames.marks().forget(Pte.frame(pte));
            cpus.invalidate(task.asid(), vpn);
        }
        return new Outcome.Pages(LongStream.of(pages).boxed().toList());
    }
}

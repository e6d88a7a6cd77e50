package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.replacement.Queue;
import dev.faultline.machine.replacement.ReplacementPolicy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Answers what a machine's state is, in values. Looking changes nothing. */
public final class Inspector {

    /**
     * A process. {@code parent} is 0 for one that was not forked; the areas take {@code areaBytes}
     * as asked for, and {@code areaBytesInPages} with what is lost in last pages.
     */
    public record ProcessView(
            int pid,
            String name,
            int parent,
            State state,
            @Nullable Signal signal,
            OnSignal onSignal,
            long residentPages,
            long swappedPages,
            long pageTableBytes,
            long areaBytes,
            long areaBytesInPages,
            @Nullable ForkView fork,
            @Nullable ProgramView program,
            @Nullable Long arrival,
            @Nullable Long finishedAt,
            @Nullable String group,
            Counters counters) {}

    /** A process's program: how many accesses it has, how many of them are made, about. */
    public record ProgramView(String id, long accesses, long done, long think) {}

    /**
     * What the fork that made a process came to, against one that copies everything at once.
     *
     * @param entries page-table entries duplicated
     * @param framesCopied frames copied by the fork itself
     * @param laterCopies copies that parent and child have made on writes since
     * @param laterReuses frames that parent or child could keep on writes since
     * @param eagerCopies pages that would have been copied at once
     */
    public record ForkView(
            long entries,
            long framesCopied,
            long laterCopies,
            long laterReuses,
            long eagerCopies) {}

    /** What a process is doing. */
    public enum State {
        READY,
        RUNNING,
        /** Waiting for the child that borrowed its memory. */
        BLOCKED,
        SWAPPED,
        TERMINATED
    }

    /** Where a page is. */
    public enum PageState {
        UNALLOCATED,
        RESIDENT,
        SWAPPED,
        /** In its file, and not in a frame that the process maps. */
        FILE
    }

    /** What a frame is used for. */
    public enum Use {
        ANONYMOUS,
        FILE,
        PAGE_TABLE
    }

    /** A file on the machine's disk. */
    public record FileView(String name, long size, int protection, int cachedPages) {}

    /** A page-table entry; frame and slot are null where there is none. */
    public record PageView(
            long page,
            PageState state,
            @Nullable Integer frame,
            boolean valid,
            boolean writable,
            boolean dirty,
            boolean referenced,
            boolean cow,
            @Nullable Integer swapSlot) {}

    /** A frame; dirty and referenced are true if any entry, or one that was removed, says so. */
    public record FrameView(
            int frame,
            boolean used,
            List<Mapping> mappings,
            boolean dirty,
            boolean referenced,
            boolean pinned,
            @Nullable Use use) {}

    /**
     * A slot in use.
     *
     * @param pages the pages whose entries name it
     * @param frame the frame that holds the same bytes still, or null
     */
    public record SlotView(int slot, List<Mapping> pages, @Nullable Integer frame) {}

    private final Parts parts;
    private final Tasks tasks;
    private final Reclaim reclaim;
    private final ReplacementPolicy policy;
    private final Kernel kernel;
    private final Scheduler scheduler;
    private final TimeInspector time;
    private final PageInspector pages;
    private final TranslationInspector translation;

    Inspector(
            Parts parts,
            Tasks tasks,
            Reclaim reclaim,
            ReplacementPolicy policy,
            Kernel kernel,
            Scheduler scheduler,
            PageDaemon daemon) {
        this.scheduler = scheduler;
        this.policy = policy;
        this.parts = parts;
        this.tasks = tasks;
        this.reclaim = reclaim;
        this.kernel = kernel;
        this.time = new TimeInspector(parts.frames(), tasks, scheduler, daemon);
        this.pages = new PageInspector(parts, tasks);
        this.translation = new TranslationInspector(parts, tasks);
    }

    /** Processes made so far; their pids are 1 to this. */
    public int processCount() {
        return tasks.size();
    }

    /** Processes that have not ended. */
    public int liveProcessCount() {
        return kernel.live();
    }

    /** A process, if the pid was ever given. */
    public Optional<ProcessView> process(int pid) {
        if (pid == Tasks.KERNEL || !tasks.has(pid)) {
            return Optional.empty();
        }
        Task task = task(pid);
        ForkAccount forked = task.forked();
        Optional<TimeInspector.TimesView> times = time.times(pid);
        List<MemoryArea> areas = task.space().areas();
        long pageSize = parts.spec().pageSize();
        State state =
                task.isTerminated()
                        ? State.TERMINATED
                        : task.isBlocked() || scheduler.isBlocked(task)
                                ? State.BLOCKED
                                : task.isSwappedOut()
                                        ? State.SWAPPED
                                        : isRunning(task) || scheduler.isRunning(task)
                                                ? State.RUNNING
                                                : State.READY;
        return Optional.of(
                new ProcessView(
                        pid,
                        task.name(),
                        task.parent(),
                        state,
                        task.signal(),
                        task.onSignal(),
                        task.residentPages(),
                        task.swappedPages(),
                        task.isTerminated() ? 0 : task.table().bytes(),
                        areas.stream().mapToLong(MemoryArea::length).sum(),
                        areas.stream().mapToLong(area -> area.bytesInPages(pageSize)).sum(),
                        forked == null
                                ? null
                                : forked.view(task.counters(), task(task.parent()).counters()),
                        program(task),
                        times.map(TimeInspector.TimesView::arrival).orElse(null),
                        times.map(TimeInspector.TimesView::completion).orElse(null),
                        task.group() == ControlGroups.ROOT
                                ? null
                                : parts.frames().groups().group(task.group()).name(),
                        task.counters().copy()));
    }

    private static @Nullable ProgramView program(Task task) {
        ProgramRun run = task.program();
        return run == null
                ? null
                : new ProgramView(
                        run.program().id(), run.program().count(), run.done(), run.think());
    }

    /** The answers to questions about runs, and about what is done in the background. */
    public TimeInspector time() {
        return time;
    }

    /**
     * A control group.
     *
     * @param frames that are charged to it
     * @param limitHits times that it had to give up a page of its own for its limit
     * @param counters of all processes that are in it, ended ones too
     */
    public record GroupView(
            String name,
            int limit,
            int protectedFrames,
            int frames,
            long limitHits,
            List<Integer> pids,
            Counters counters) {}

    /** The control groups, in the order in which they were made. */
    public List<GroupView> groups() {
        int count = parts.frames().groups().size();
        return IntStream.rangeClosed(1, count).mapToObj(this::group).toList();
    }

    /** The control group of a name, if there is one. */
    public Optional<GroupView> group(String name) {
        int number = parts.frames().groups().find(name);
        return number == ControlGroups.ROOT ? Optional.empty() : Optional.of(group(number));
    }

    /** Whether there is a control group of a name. */
    public boolean hasGroup(String name) {
        return parts.frames().groups().find(name) != ControlGroups.ROOT;
    }

    private GroupView group(int number) {
        ControlGroups groups = parts.frames().groups();
        List<Integer> pids = new ArrayList<>();
        Counters sum = new Counters();
        for (Task task : tasks) {
            if (task.group() == number) {
                pids.add(task.pid());
                sum = sum.plus(task.counters());
            }
        }
        ControlGroups.Group group = groups.group(number);
        return new GroupView(
                group.name(),
                group.limit(),
                group.protectedFrames(),
                groups.charged(number),
                groups.limitHits(number),
                List.copyOf(pids),
                sum);
    }

    private boolean isRunning(Task task) {
        return parts.cpus().all().stream().anyMatch(cpu -> cpu.current() == task);
    }

    /** The handler of a process's signals, empty if it has none. */
    public UserHandler handler(int pid) {
        return task(pid).handler();
    }

    /** The memory of a process but for its areas; several processes can have the same. */
    public record SpaceView(
            int asid, int users, long heapStart, long heapEnd, long pageTableBytes) {}

    /** The memory of a process, or empty if it has ended. */
    public Optional<SpaceView> space(int pid) {
        Task task = task(pid);
        if (task.isTerminated()) {
            return Optional.empty();
        }
        AddressSpace space = task.space();
        int users = 0;
        for (Task each : tasks) {
            users += !each.isTerminated() && each.space() == space ? 1 : 0;
        }
        return Optional.of(
                new SpaceView(
                        space.asid(),
                        users,
                        space.heapStart(),
                        space.heapEnd(),
                        space.table().bytes()));
    }

    /** The areas of a process, in the order of their addresses. */
    public List<MemoryArea> areas(int pid) {
        return List.copyOf(task(pid).space().areas());
    }

    /** The areas of a process that start after an address, at most so many. */
    public List<MemoryArea> areas(int pid, long after, int most) {
        return task(pid).space().areas().stream()
                .filter(area -> area.start() > after)
                .limit(most)
                .toList();
    }

    /** The area that holds a page's first address, if there is one. */
    public Optional<MemoryArea> area(int pid, long address) {
        return Optional.ofNullable(task(pid).space().areaAt(address >>> parts.spec().offsetBits()));
    }

    /** The heap from its beginning to its end, of length 0 if it has none. */
    public MemoryArea heap(int pid) {
        AddressSpace space = task(pid).space();
        int readWrite = Protection.READ | Protection.WRITE;
        long length = space.heapEnd() - space.heapStart();
        return new MemoryArea(space.heapStart(), length, readWrite, Backing.of(Backing.Kind.HEAP));
    }

    /** Every page {@code from} to below {@code to}. */
    public List<PageView> pages(int pid, long from, long to) {
        return pages.pages(pid, from, to);
    }

    /** The pages from a number on that are not unallocated, at most so many. */
    public List<PageView> allocatedPages(int pid, long from, int most) {
        return pages.allocatedPages(pid, from, most);
    }

    /**
     * Whether the pages of an area are in memory, from the one at an address to the area's last, at
     * most so many; for a page of a file or of shared memory, whoever brought it in. Empty if no
     * area holds the address.
     */
    public List<Boolean> residency(int pid, long address, int most) {
        return pages.residency(pid, address, most);
    }

    /**
     * The bytes that a process would read, wherever they are, or empty if one of them lies in no
     * area or past the end of a mapped file. The pages are not touched.
     */
    public Optional<byte[]> bytes(int pid, long address, int length) {
        return pages.bytes(pid, address, length);
    }

    public int frameCount() {
        return parts.frames().size();
    }

    public int freeFrames() {
        return parts.frames().freeCount();
    }

    /** The kernel's own mappings of frames, from a frame on, at most so many. */
    public List<PageView> kernelPages(long from, int most) {
        return tasks.kernel() == null ? List.of() : pages.allocatedPages(Tasks.KERNEL, from, most);
    }

    /** What the kernel caused with its own mappings, which is no process's. */
    public Counters kernelCounters() {
        Task kernel = tasks.kernel();
        return kernel == null ? new Counters() : kernel.counters().copy();
    }

    /**
     * What the replacement policy remembers.
     *
     * @param rule who leaves, in words
     * @param hand the frame that the hand points to, or null
     * @param order the frames in the order in which they are looked at, if the policy keeps one
     * @param queues the lists that the policy keeps
     * @param frames the used frames, and what is remembered of each
     */
    public record ReplacementView(
            String rule,
            @Nullable Integer hand,
            List<Integer> order,
            List<QueueView> queues,
            List<RememberedView> frames) {}

    /**
     * One of the lists that the policy keeps, oldest first.
     *
     * @param target how many entries it is meant to have, or null if there is no such number
     */
    public record QueueView(
            String name, int size, @Nullable Double target, List<QueueEntryView> entries) {

        static QueueView of(Queue queue) {
            return new QueueView(
                    queue.name(),
                    queue.size(),
                    queue.target(),
                    queue.entries().stream().map(QueueEntryView::of).toList());
        }
    }

    /** A page in a frame, or one that has left and is remembered; of shared pages without a pid. */
    public record QueueEntryView(
            @Nullable Integer frame, @Nullable Integer pid, @Nullable Long page) {

        static QueueEntryView of(Queue.Entry entry) {
            Integer owner = entry.owner();
            return new QueueEntryView(
                    entry.frame(), owner == null || owner < 0 ? null : owner, entry.page());
        }
    }

    /** A frame and what the policy remembers of it: an age, a count, a time, or nothing. */
    public record RememberedView(
            int frame, boolean referenced, boolean dirty, @Nullable Long remembered) {}

    /**
     * The replacement policy as it is now: the first entries of each list, and so many used frames
     * from one on.
     */
    public ReplacementView replacement(int from, int most, int mostFrames) {
        List<RememberedView> views = new ArrayList<>();
        for (int frame = from; frame < frameCount() && views.size() < mostFrames; frame++) {
            if (parts.frames().isUsed(frame)) {
                views.add(
                        new RememberedView(
                                frame,
                                reclaim.candidates().referenced(frame),
                                reclaim.evictor().isDirty(frame),
                                reclaim.remembered(frame)));
            }
        }
        return new ReplacementView(
                policy.rule(),
                policy.hand() == ReplacementPolicy.NONE ? null : policy.hand(),
                Arrays.stream(policy.order()).limit(most).boxed().toList(),
                policy.queues(most).stream().map(QueueView::of).toList(),
                views);
    }

    /** A run of free frames between used ones. */
    public record HoleView(int first, int frames) {}

    /** The holes between the used frames, from the lowest up. */
    public List<HoleView> holes() {
        return Holes.of(parts.frames(), parts.spec().translation().fit()).all().stream()
                .map(hole -> new HoleView(hole.first(), hole.frames()))
                .toList();
    }

    /** The frames {@code from} to below {@code to}. */
    public List<FrameView> frames(int from, int to) {
        List<FrameView> frames = new ArrayList<>();
        for (int frame = from; frame < to; frame++) {
            boolean used = parts.frames().isUsed(frame);
            frames.add(
                    new FrameView(
                            frame,
                            used,
                            parts.frames().mappingsOf(frame),
                            used && reclaim.evictor().isDirty(frame),
                            used && reclaim.candidates().referenced(frame),
                            used && parts.frames().isPinned(frame),
                            used ? use(frame) : null));
        }
        return frames;
    }

    private Use use(int frame) {
        if (parts.tables().owns(frame)) {
            return Use.PAGE_TABLE;
        }
        int object = parts.frames().object(frame);
        return parts.objects().fileOf(object) == null ? Use.ANONYMOUS : Use.FILE;
    }

    /** Pages that the kernel has promised a place for, and how many it can, if that is limited. */
    public long promisedPages() {
        return parts.commitment().pages();
    }

    /** Pages that the kernel can promise a place for, or empty if that is not limited. */
    public OptionalLong promiseLimit() {
        long limit = parts.commitment().limit();
        return limit == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** The files whose names come after one, in the order of their names, at most so many. */
    public List<FileView> files(String after, int most) {
        return parts.objects().files().tailMap(after, false).values().stream()
                .limit(most)
                .map(Inspector::view)
                .toList();
    }

    /** A file, if there is one of that name. */
    public Optional<FileView> file(String name) {
        return Optional.ofNullable(parts.objects().files().get(name)).map(Inspector::view);
    }

    private static FileView view(MemoryObject object) {
        DiskFile file = Objects.requireNonNull(object.file());
        return new FileView(object.name(), file.size(), file.protection(), object.frames().size());
    }

    /** The bytes of a file as they are on the disk, or empty if there is none of that name. */
    public Optional<byte[]> fileBytes(String name) {
        return Optional.ofNullable(parts.objects().file(name)).map(DiskFile::bytes);
    }

    /** The answers to questions about TLBs and walks. */
    public TranslationInspector translation() {
        return translation;
    }

    public int slotCount() {
        return parts.swap().size();
    }

    public int usedSlots() {
        return parts.swap().used();
    }

    /** The used slots from a number on, at most so many. Reads every page table once. */
    public List<SlotView> slots(int from, int most) {
        Map<Integer, List<Mapping>> named = new TreeMap<>();
        SwapSpace swap = parts.swap();
        for (int slot = swap.nextUsed(from);
                slot != SwapSpace.NONE && named.size() < most;
                slot = swap.nextUsed(slot + 1)) {
            named.put(slot, new ArrayList<>());
        }
        for (Task task : tasks) {
            if (!task.isTerminated()) {
                task.table().forEach((page, pte) -> addNaming(named, task, page, pte));
            }
        }
        List<SlotView> slots = new ArrayList<>();
        named.forEach(
                (slot, pages) -> {
                    int frame = swap.frame(slot);
                    slots.add(new SlotView(slot, pages, frame == SwapSpace.NONE ? null : frame));
                });
        return slots;
    }

    private static void addNaming(
            Map<Integer, List<Mapping>> named, Task task, long page, long pte) {
        if (Pte.isSwapped(pte)) {
            List<Mapping> pages = named.get(Pte.slot(pte));
            if (pages != null) {
                pages.add(new Mapping(task.pid(), page));
            }
        }
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }
}

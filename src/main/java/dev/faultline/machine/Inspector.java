package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.FileView;
import dev.faultline.machine.protocol.GroupView;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.ProcessView;
import dev.faultline.machine.protocol.ProgramView;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.SpaceView;
import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.MemoryObject;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Answers questions about a machine's state, as values. Looking changes nothing. */
public final class Inspector {

    private final Parts parts;
    private final Tasks tasks;
    private final FrameInspector frames;
    private final RunQueue queue;
    private final TimeInspector time;
    private final PageInspector pages;
    private final TranslationInspector translation;

    Inspector(Parts parts, Assembly kernel) {
        this.queue = kernel.queue();
        this.parts = parts;
        this.tasks = parts.tasks();
        this.frames = new FrameInspector(parts, kernel.reclaim(), kernel.evictable());
        this.time = new TimeInspector(parts, queue, kernel.daemon());
        this.pages = new PageInspector(parts);
        this.translation = new TranslationInspector(parts);
    }

    /** The number of processes ever created; their pids are 1 to this. */
    public int processCount() {
        return tasks.size();
    }

    /** The number of processes that have not ended. */
    public int liveProcessCount() {
        return tasks.live();
    }

    /** A process, or empty if the pid was never given. */
    public Optional<ProcessView> process(int pid) {
        if (pid == Tasks.KERNEL || !tasks.has(pid)) {
            return Optional.empty();
        }
        Task task = task(pid);
        ForkAccount forked = task.forked();
        Optional<TimesView> times = time.times(pid);
        List<MemoryArea> areas = task.space().areas();
        long pageSize = parts.spec().pageSize();
        ProcessState state =
                task.isTerminated()
                        ? ProcessState.TERMINATED
                        : task.isBlocked() || queue.isBlocked(task)
                                ? ProcessState.BLOCKED
                                : task.isSwappedOut()
                                        ? ProcessState.SWAPPED
                                        : isRunning(task) || queue.isRunning(task)
                                                ? ProcessState.RUNNING
                                                : ProcessState.READY;
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
                        times.map(TimesView::arrival).orElse(null),
                        times.map(TimesView::completion).orElse(null),
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

    /** Questions about runs and background work. */
    public TimeInspector time() {
        return time;
    }

    /** The answers to questions about frames and slots. */
    public FrameInspector frames() {
        return frames;
    }

    /** The control groups, in the order in which they were created. */
    public List<GroupView> groups() {
        int count = parts.frames().groups().size();
        return IntStream.rangeClosed(1, count).mapToObj(this::group).toList();
    }

    /** The control group of this name, if there is one. */
    public Optional<GroupView> group(String name) {
        int number = parts.frames().groups().find(name);
        return number == ControlGroups.ROOT ? Optional.empty() : Optional.of(group(number));
    }

    /** Whether there is a control group of this name. */
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

    /** The handler of a process; empty if it has none. */
    public UserHandler handler(int pid) {
        return task(pid).handler();
    }

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

    /** The areas of a process, in address order. */
    public List<MemoryArea> areas(int pid) {
        return List.copyOf(task(pid).space().areas());
    }

    /** At most {@code most} areas of a process that start after an address, in address order. */
    public List<MemoryArea> areas(int pid, long after, int most) {
        return task(pid).space().areas().stream()
                .filter(area -> area.start() > after)
                .limit(most)
                .toList();
    }

    /** The area that holds the page of an address, if there is one. */
    public Optional<MemoryArea> area(int pid, long address) {
        return Optional.ofNullable(task(pid).space().areaAt(address >>> parts.spec().offsetBits()));
    }

    /** The heap, of length 0 if the process has none. */
    public MemoryArea heap(int pid) {
        AddressSpace space = task(pid).space();
        int readWrite = Protection.READ | Protection.WRITE;
        long length = space.heapEnd() - space.heapStart();
        return new MemoryArea(space.heapStart(), length, readWrite, Backing.of(Backing.Kind.HEAP));
    }

    /** Every page in [{@code from}, {@code to}). */
    public List<PageView> pages(int pid, long from, long to) {
        return pages.pages(pid, from, to);
    }

    /** At most {@code most} allocated pages, from page {@code from} on. */
    public List<PageView> allocatedPages(int pid, long from, int most) {
        return pages.allocatedPages(pid, from, most);
    }

    /**
     * Whether the pages of an area are in memory, from the page of an address to the area's end, at
     * most {@code most} pages. A page of a file or of shared memory counts whichever process
     * brought it in. Empty if no area holds the address.
     */
    public List<Boolean> residency(int pid, long address, int most) {
        return pages.residency(pid, address, most);
    }

    /**
     * The bytes that a process would read, wherever they are; empty if one of them lies in no area
     * or past the end of a mapped file. The pages are not touched.
     */
    public Optional<byte[]> bytes(int pid, long address, int length) {
        return pages.bytes(pid, address, length);
    }

    /** At most {@code most} of the kernel's own mappings, from a frame on. */
    public List<PageView> kernelPages(long from, int most) {
        return tasks.kernel() == null ? List.of() : pages.allocatedPages(Tasks.KERNEL, from, most);
    }

    /** The counters of the kernel's own mappings, which belong to no process. */
    public Counters kernelCounters() {
        Task kernel = tasks.kernel();
        return kernel == null ? new Counters() : kernel.counters().copy();
    }

    /** At most {@code most} files whose names follow {@code after}, in the order of their names. */
    public List<FileView> files(String after, int most) {
        return parts.objects().files().tailMap(after, false).values().stream()
                .limit(most)
                .map(Inspector::view)
                .toList();
    }

    /** The file of this name, if there is one. */
    public Optional<FileView> file(String name) {
        return Optional.ofNullable(parts.objects().files().get(name)).map(Inspector::view);
    }

    private static FileView view(MemoryObject object) {
        DiskFile file = Objects.requireNonNull(object.file());
        return new FileView(object.name(), file.size(), file.protection(), object.frames().size());
    }

    /** The bytes of a file as they are on the disk, or empty if there is no such file. */
    public Optional<byte[]> fileBytes(String name) {
        return Optional.ofNullable(parts.objects().file(name)).map(DiskFile::bytes);
    }

    /** Questions about TLBs and walks. */
    public TranslationInspector translation() {
        return translation;
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }
}

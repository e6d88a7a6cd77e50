package dev.faultline.machine;

/** Builds the kernel of a machine from its parts, lowest layer first. */
final class Assembly {

    private final RunQueue queue;
    private final Evictor evictor;
    private final EvictableFrames evictable;
    private final Unmapper unmapper;
    private final ProcessExit exit;
    private final Reclaim reclaim;
    private final TablePager tables;
    private final PageDaemon daemon;
    private final FaultHandler handler;
    private final MemoryCalls areaCalls;
    private final SystemCalls.Paged paged;
    private final MemoryModel model;
    private final Swapper swapper;
    private final Kernel kernel;
    private final Running running;
    private final SystemCalls calls;

    /**
     * A kernel that works on some parts.
     *
     * @param account what the machine holds of its host's memory
     */
    Assembly(Parts parts, HostAccount account) {
        queue = new RunQueue(parts);
        evictor = new Evictor(parts);
        evictable = new EvictableFrames(parts);
        unmapper = new Unmapper(parts, evictor);
        exit = new ProcessExit(parts, unmapper, queue);
        reclaim = new Reclaim(parts, evictable, evictor, new OomKiller(parts, exit));
        tables = new TablePager(parts, reclaim);
        daemon = new PageDaemon(parts, reclaim, evictor);
        Loader loader = new Loader(parts);
        ReadAhead ahead = new ReadAhead(parts, reclaim, loader);
        ObjectPager pager = new ObjectPager(parts, reclaim, evictable, evictor, loader, ahead);
        handler =
                new FaultHandler(
                        parts,
                        tables,
                        reclaim,
                        loader,
                        new SwapIn(parts, reclaim, loader, ahead),
                        new CopyOnWrite(parts, reclaim, evictable, evictor, loader),
                        pager,
                        ahead);
        AreaRules rules = new AreaRules(parts);
        areaCalls = new MemoryCalls(parts, rules, unmapper);
        paged =
                new SystemCalls.Paged(
                        areaCalls,
                        new ResizeCalls(parts, rules, areaCalls, tables, unmapper),
                        new PageCalls(parts, rules, unmapper, reclaim, evictor, handler, pager),
                        new FileCalls(parts, evictor, unmapper),
                        new KernelWindow(parts, tables, loader, unmapper));
        model =
                parts.spec().translation().isContiguous()
                        ? wholeSegments(parts, rules, loader)
                        : new Paging(
                                parts,
                                tables,
                                reclaim,
                                unmapper,
                                handler,
                                areaCalls,
                                paged.resizing());
        swapper = new Swapper(parts, evictable, evictor, model);
        kernel = new Kernel(parts, tables, unmapper, swapper, rules, model);
        running = running(parts, account);
        calls = new SystemCalls(parts, kernel, exit, swapper, model, paged, reclaim, running);
    }

    private WholeSegments wholeSegments(Parts parts, AreaRules rules, Loader loader) {
        SegmentRoom room = new SegmentRoom(parts, evictable);
        SegmentRules segmentRules = new SegmentRules(parts, room);
        Segments segments =
                new Segments(
                        parts,
                        loader,
                        unmapper,
                        room,
                        segmentRules,
                        new SegmentContents(parts, evictor, loader));
        SegmentCalls segmentCalls =
                new SegmentCalls(parts, rules, segmentRules, segments, unmapper);
        return new WholeSegments(
                segmentRules,
                segments,
                new SegmentFaults(parts, segments, segmentCalls),
                segmentCalls);
    }

    private Running running(Parts parts, HostAccount account) {
        FaultLoop faults =
                new FaultLoop(
                        parts,
                        model,
                        new TlbTraps(parts, unmapper),
                        new HandlerRunner(parts, handler, areaCalls, unmapper),
                        exit);
        ReferenceFeed references = new ReferenceFeed(parts);
        Processor processor = new Processor(parts, kernel, faults, references, reclaim, daemon);
        SliceRunner slices = new SliceRunner(parts, kernel, faults, references, reclaim, daemon);
        Scheduler scheduler = new Scheduler(parts, queue, slices, exit, swapper, daemon);
        return new Running(parts, queue, processor, scheduler, new NextUseFeed(parts, account));
    }

    RunQueue queue() {
        return queue;
    }

    EvictableFrames evictable() {
        return evictable;
    }

    Reclaim reclaim() {
        return reclaim;
    }

    PageDaemon daemon() {
        return daemon;
    }

    Running running() {
        return running;
    }

    SystemCalls calls() {
        return calls;
    }

    /** What saves and loads the machine's state. */
    MachineState state(Parts parts) {
        return new MachineState(parts, tables, queue, daemon);
    }
}

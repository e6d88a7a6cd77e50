package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateHash;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A simulated computer. It changes only by commands given to {@link #apply}, one at a time; the
 * caller makes sure that two threads never use it at once. The same spec and the same commands give
 * the same outcomes, events, counters and {@link #digest}, however accesses are grouped into
 * commands.
 */
public final class Machine {

    private final MachineSpec spec;
    private final Parts parts;
    private final ReplacementPolicy policy;
    private final Tasks tasks = new Tasks();
    private final Accounting accounting;
    private final Reclaim reclaim;
    private final Kernel kernel;
    private final Swapper swapper;
    private final MemoryCalls calls;
    private final @Nullable Segments segments;
    private final @Nullable SegmentCalls segmentCalls;
    private final PageCalls pages;
    private final FileCalls files;
    private final KernelWindow window;
    private final NextUseFeed future;
    private final Processor processor;
    private final Scheduler scheduler;
    private final Disk disk;
    private final PageDaemon daemon;
    private final @Nullable WorkingSetMeter meter;
    private final Inspector inspector;
    private final Footprint footprint;
    private final HostAccount account;

    /** Whether the host memory that the machine takes is counted. */
    private final boolean bounded;

    /** Whether the policy was told of what is to come, and that is not over. */
    private boolean foreseen;

    /** A new machine: no process, all frames free, unlimited host memory. */
    public Machine(MachineSpec spec) {
        this(spec, Room.UNBOUNDED);
    }

    /**
     * A new machine that takes its host memory from a room. If there is not enough, this
     * constructor and every command throw {@link Room#full} without having done anything.
     */
    public Machine(MachineSpec spec, Room room) {
        this(partsIn(room, spec), room);
    }

    private static Parts partsIn(Room room, MachineSpec spec) {
        if (!room.hold(Footprint.of(spec))) {
            throw room.full();
        }
        return Parts.of(spec);
    }

    Machine(Parts parts) {
        this(parts, Room.UNBOUNDED);
    }

    private Machine(Parts parts, Room room) {
        this.parts = parts;
        account = new HostAccount(room);
        bounded = !room.equals(Room.UNBOUNDED);
        spec = parts.spec();
        accounting = new Accounting(spec.limits().events());
        policy = Policies.make(spec.policy(), spec.frames(), spec.replacement());
        parts.cpus().use(accounting, tasks);
        disk = new Disk(spec, accounting);
        meter =
                Footprint.measuresWorkingSets(spec)
                        ? new WorkingSetMeter(parts.frames(), spec.paging().loadControl().window())
                        : null;
        footprint = new Footprint(parts, policy, tasks, accounting, disk, meter);
        Evictor evictor = new Evictor(parts, policy, tasks, disk, meter, accounting);
        reclaim = new Reclaim(parts, policy, tasks, evictor, accounting);
        daemon = new PageDaemon(parts, reclaim, disk, accounting);
        Loader loader = new Loader(parts, policy, disk, accounting);
        ReadAhead ahead = new ReadAhead(parts, reclaim, loader, disk, accounting);
        ObjectPager pager = new ObjectPager(parts, reclaim, loader, ahead);
        Unmapper unmapper = new Unmapper(parts, evictor, tasks, policy, accounting);
        calls = new MemoryCalls(parts, unmapper, accounting);
        segments =
                spec.translation().isContiguous()
                        ? new Segments(parts, reclaim, loader, unmapper, tasks, accounting)
                        : null;
        segmentCalls =
                segments == null
                        ? null
                        : new SegmentCalls(parts, segments, unmapper, calls, accounting);
        FaultHandler handler =
                new FaultHandler(
                        parts,
                        reclaim,
                        loader,
                        pager,
                        ahead,
                        segments,
                        segmentCalls,
                        tasks,
                        accounting);
        swapper = new Swapper(parts, reclaim, handler, segments, accounting);
        pages = new PageCalls(parts, unmapper, reclaim, handler, pager, tasks, accounting, calls);
        files = new FileCalls(parts, reclaim, unmapper, tasks);
        window = new KernelWindow(parts, tasks, loader, unmapper, accounting);
        kernel = new Kernel(parts, unmapper, reclaim, swapper, calls, segments, tasks, accounting);
        reclaim.use(new OomKiller(spec, parts.frames().groups(), tasks, kernel::kill));
        parts.tables().use(reclaim, policy, tasks, disk);
        future = new NextUseFeed(parts, policy, tasks, account);
        processor =
                new Processor(
                        parts,
                        kernel,
                        unmapper,
                        handler,
                        segments,
                        new TlbTraps(parts, unmapper, accounting),
                        new HandlerRunner(parts, handler, calls, unmapper, policy),
                        reclaim,
                        policy,
                        future,
                        daemon,
                        meter,
                        tasks,
                        accounting);
        scheduler =
                new Scheduler(
                        spec,
                        processor,
                        processor.sideBySide(parts),
                        future,
                        kernel,
                        swapper,
                        tasks,
                        disk,
                        daemon,
                        new LoadControl(spec, accounting, meter),
                        accounting);
        kernel.tellOfEnds(scheduler::hasEnded);
        inspector = new Inspector(parts, tasks, reclaim, policy, kernel, scheduler, daemon);
        footprint.use(scheduler.turns());
        account.settle(footprint.held());
    }

    /** The names of the replacement policies that a spec can ask for. */
    public static List<String> policyNames() {
        return Policies.names();
    }

    /** What the machine was made from. */
    public MachineSpec spec() {
        return spec;
    }

    /** Carries out a command. */
    public Outcome apply(Command command) {
        Portions portions = portions(command);
        while (!portions.isDone()) {
            portions.next();
        }
        return portions.outcome();
    }

    /** A command to be carried out portion by portion. */
    public Portions portions(Command command) {
        forgetFuture(); // of a command that was not carried out to its end
        return new Portions(this, command);
    }

    /**
     * How many of a command's next accesses the host has room for, at most {@code most}. More than
     * one access never takes more than half of what is left.
     */
    long fitting(Command command, long most) {
        if (!bounded) {
            return most;
        }
        long count = most;
        while (count > 1 && footprint.growth(command, count) > account.free() / 2) {
            count /= 2;
        }
        while (!account.has(footprint.growth(command, count))) {
            if (count <= 1) {
                throw account.full();
            }
            count /= 2;
        }
        return count;
    }

    /** Reserves host memory for a command. A command that frees memory may do without. */
    void makeRoom(Command command) {
        boolean givesBack = command instanceof Command.Exit || command instanceof Command.Unmap;
        if (bounded && !account.has(footprint.growth(command)) && !givesBack) {
            throw account.full();
        }
    }

    /** The number of accesses so far. */
    long accesses() {
        return accounting.total().get(Counter.ACCESSES);
    }

    /** Whether the host memory that the machine takes is counted. */
    boolean isBounded() {
        return bounded;
    }

    /** Carries out a command, or a part of one, for which there is room. */
    Outcome carryOut(Command command) {
        try {
            return obey(command);
        } finally {
            if (bounded) {
                account.settle(footprint.held());
            }
        }
    }

    /** Makes some of a block's accesses, for which there is room. */
    Outcome carryOut(Command.Access access, int from, int to) {
        try {
            return access(access, from, to);
        } finally {
            if (bounded) {
                account.settle(footprint.held());
            }
        }
    }

    private Outcome obey(Command command) {
        if (segments != null && segmentCalls != null) {
            Outcome outcome = applyToSegments(command, segments, segmentCalls);
            if (outcome != null) {
                return outcome;
            }
        }
        return switch (command) {
            case Command.CreateProcess create -> kernel.create(create);
            case Command.Fork fork -> call(fork.pid(), kernel::fork);
            case Command.Vfork fork -> call(fork.pid(), kernel::vfork);
            case Command.Exec exec -> call(exec.pid(), task -> kernel.exec(task, exec));
            case Command.SetHandler set -> {
                footprint.expect(set.handler());
                yield call(set.pid(), task -> kernel.setHandler(task, set.handler()));
            }
            case Command.ProtectMany to -> call(to.pid(), task -> calls.protectMany(task, to));
            case Command.Instruction() -> {
                accounting.total().add(Counter.OTHER_INSTRUCTIONS, 1);
                yield new Outcome.Done();
            }
            case Command.Switch to -> call(to.pid(), kernel::switchTo);
            case Command.Exit exit -> call(exit.pid(), kernel::exit);
            case Command.SwapOut out -> call(out.pid(), swapper::out);
            case Command.SwapIn in -> call(in.pid(), swapper::in);
            case Command.Map map -> call(map.pid(), task -> calls.map(task, map));
            case Command.Unmap unmap ->
                    call(unmap.pid(), task -> calls.unmap(task, unmap.start(), unmap.length()));
            case Command.Protect to -> call(to.pid(), task -> calls.protect(task, to));
            case Command.Advise advise -> call(advise.pid(), task -> pages.advise(task, advise));
            case Command.Sync sync -> call(sync.pid(), task -> pages.sync(task, sync));
            case Command.Lock lock -> call(lock.pid(), task -> pages.lock(task, lock));
            case Command.Dirty dirty -> call(dirty.pid(), task -> pages.dirty(task, dirty));
            case Command.Remap remap -> call(remap.pid(), task -> calls.remap(task, remap));
            case Command.PutFile put -> files.put(put);
            case Command.FlushTlb flush -> flush(flush);
            case Command.MapFrame map -> window.map(map);
            case Command.UnmapFrame unmap -> window.unmap(unmap.frame());
            case Command.Run run -> scheduler.run(run);
            case Command.GiveProgram give -> call(give.pid(), task -> giveProgram(task, give));
            case Command.PutGroup put -> putGroup(put);
            case Command.JoinGroup join -> call(join.pid(), task -> joinGroup(task, join.group()));
            case Command.Pin pin -> reclaim.pin(pin.frame(), pin.pinned());
            case Command.Compact() -> new Outcome.Refused("EINVAL", "pages need not lie together");
            case Command.Brk brk -> call(brk.pid(), task -> calls.brk(task, brk));
            case Command.Access access -> access(access, 0, access.block().count());
            case Command.ClearCounters() -> {
                accounting.total().clear();
                tasks.forEach(task -> task.counters().clear());
                Optional.ofNullable(tasks.kernel()).ifPresent(task -> task.counters().clear());
                accounting.events().forget();
                disk.forget();
                scheduler.turns().forget();
                yield new Outcome.Done();
            }
        };
    }

    /** What is done in another way, or not at all, where memory is not paged; else null. */
    private @Nullable Outcome applyToSegments(
            Command command, Segments whole, SegmentCalls wholeCalls) {
        return switch (command) {
            case Command.Map map -> call(map.pid(), task -> wholeCalls.map(task, map));
            case Command.Unmap unmap ->
                    call(
                            unmap.pid(),
                            task -> wholeCalls.unmap(task, unmap.start(), unmap.length()));
            case Command.Protect to -> call(to.pid(), task -> wholeCalls.protect(task, to));
            case Command.Brk brk -> call(brk.pid(), task -> wholeCalls.brk(task, brk));
            case Command.Compact() -> new Outcome.Moved(whole.compact());
            default -> refuseToSegments(command);
        };
    }

    /**
     * Why there is nothing to do a command with, or null; a process that is not there goes first.
     */
    private @Nullable Outcome refuseToSegments(Command command) {
        Outcome.Refused refusal = SegmentCalls.refuse(command);
        int caller = SegmentCalls.caller(command);
        Outcome.NoProcess missing =
                refusal == null || caller == Command.KERNEL ? null : processor.missing(caller);
        return missing == null ? refusal : missing;
    }

    /** A machine in the same state, which continues independently. */
    public Machine copy(Room room) {
        long saved = savedBytes();
        if (!room.hold(saved + footprint.held())) {
            throw room.full();
        }
        return restore(spec, save(saved), programs(), room);
    }

    private Outcome putGroup(Command.PutGroup put) {
        if (spec.translation().memory() != Translation.Memory.FREE) {
            return new Outcome.Refused(
                    "ENOSYS", "groups have no limits where page tables take frames of the machine");
        }
        ControlGroups groups = parts.frames().groups();
        if (groups.find(put.name()) == ControlGroups.ROOT
                && groups.size() == spec.limits().processes()) {
            return new Outcome.Refused("ENOSPC", "there are as many groups as processes may be");
        }
        boolean changed =
                groups.put(new ControlGroups.Group(put.name(), put.limit(), put.protectedFrames()));
        return changed ? new Outcome.Done() : new Outcome.Unchanged();
    }

    private Outcome joinGroup(Task task, String name) {
        int group = parts.frames().groups().find(name);
        if (group == ControlGroups.ROOT) {
            return new Outcome.Refused("ENOENT", "there is no group " + name);
        }
        if (task.group() == group) {
            return new Outcome.Unchanged();
        }
        task.setGroup(group);
        return new Outcome.Done();
    }

    private Outcome giveProgram(Task task, Command.GiveProgram give) {
        scheduler.admit(task, give, spec);
        footprint.addProgram(give.program());
        return new Outcome.Done();
    }

    /** What one process asks of the kernel. */
    private Outcome call(int pid, Function<Task, Outcome> work) {
        Outcome.NoProcess missing = processor.missing(pid);
        if (missing != null) {
            return missing;
        }
        int before = parts.cpus().here().number();
        parts.cpus().runOn(parts.cpus().homeOf(task(pid)));
        Outcome outcome = work.apply(task(pid));
        if (!outcome.changedState()) {
            parts.cpus().runOn(before); // the kernel has been nowhere
        }
        return outcome;
    }

    private Outcome flush(Command.FlushTlb flush) {
        Integer pid = flush.pid();
        return pid == null
                ? kernel.flushTlb(null, null)
                : call(pid, task -> kernel.flushTlb(task, flush.page()));
    }

    /** What a policy has to know before the first of a command's accesses is made. */
    void foresee(Command command) {
        if (!spec.replacement().needsFuture()) {
            return;
        }
        boolean told = false;
        foreseen = true;
        try {
            tellOf(command);
            told = true;
        } finally {
            if (!told) {
                account.settle(footprint.held());
            }
        }
    }

    private void tellOf(Command command) {
        if (command instanceof Command.Run) {
            scheduler.foresee();
        } else if (command instanceof Command.Access access && access.block().hasPids()) {
            processor.foresee(null, access.block());
        } else if (command instanceof Command.Access access && tasks.has(access.pid())) {
            processor.foresee(task(access.pid()), access.block());
        }
    }

    /** What was foreseen is over: what comes after is another command's. */
    void forgetFuture() {
        if (foreseen) {
            foreseen = false;
            future.forget();
        }
    }

    /** Makes a block's accesses from one place to before another. */
    private Outcome access(Command.Access access, int from, int to) {
        AccessBlock block = access.block();
        boolean named = block.hasPids();
        Outcome.NoProcess missing = named ? null : processor.missing(access.pid());
        if (missing != null) {
            return missing;
        }
        Task task = named ? null : task(access.pid());
        return processor.run(task, block, from, to, access.explain());
    }

    private Task task(int pid) {
        return tasks.get(pid);
    }

    /** The counters of the whole machine, as they are now. */
    public Counters counters() {
        return accounting.total().copy();
    }

    /** Questions about the state; they change nothing. */
    public Inspector inspect() {
        return inspector;
    }

    /** The number of the last event, 0 before the first. */
    public long lastEvent() {
        return accounting.events().lastSeq();
    }

    /** The number of the oldest event kept; one past the last if there is none. */
    public long oldestEvent() {
        return accounting.events().oldestSeq();
    }

    /** An event from {@link #oldestEvent} to {@link #lastEvent}. */
    public Event event(long seq) {
        if (seq < oldestEvent() || seq > lastEvent()) {
            throw new IllegalArgumentException("no event " + seq);
        }
        return accounting.events().event(seq);
    }

    /** The host memory that the machine takes, in bytes: an upper bound near the truth. */
    public long hostBytes() {
        return footprint.held();
    }

    /** The host memory, in bytes, that a new machine of this spec takes. */
    public static long hostBytes(MachineSpec spec) {
        return Footprint.of(spec);
    }

    /** The host memory, in bytes, that a process's program takes. */
    public static long hostBytes(Program program, MachineSpec spec) {
        return ProgramRun.hostBytes(program, spec);
    }

    /** The most by which a command may let {@link #hostBytes} grow. */
    long growth(Command command) {
        return footprint.growth(command);
    }

    /** The whole state of the machine without its spec, for {@link #restore}. */
    public byte[] save() {
        return save(savedBytes());
    }

    private long savedBytes() {
        long[] size = {0};
        saveAll(new StateWriter((chunk, length) -> size[0] += length));
        return size[0];
    }

    private byte[] save(long size) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        saveAll(new StateWriter((chunk, length) -> bytes.put(chunk, 0, length)));
        return bytes.array();
    }

    /** Writes the state, and what there is beside it that the digest leaves out. */
    private void saveAll(StateWriter out) {
        save(out);
        accounting.events().saveApart(out);
        scheduler.turns().save(out);
        out.flush();
    }

    /**
     * A machine of this spec in the state that was saved; it goes on as if nothing had happened.
     */
    public static Machine restore(MachineSpec spec, byte[] saved) {
        return restore(spec, saved, Map.of());
    }

    /**
     * A machine in a saved state whose processes have programs. Programs are not saved; they are
     * given by their ids, as in {@link #programs} of the machine that was saved.
     */
    public static Machine restore(MachineSpec spec, byte[] saved, Map<String, Program> programs) {
        return restore(spec, saved, programs, Room.UNBOUNDED);
    }

    private static Machine restore(
            MachineSpec spec, byte[] saved, Map<String, Program> programs, Room room) {
        Machine machine = new Machine(spec, room);
        StateReader in = new StateReader(saved);
        machine.load(in, programs);
        machine.accounting.events().loadApart(in);
        machine.scheduler.turns().load(in);
        machine.account.settle(machine.footprint.held());
        return machine;
    }

    /** The numbers of the last event and the last turn. */
    public record Numbers(long event, long turn) {}

    /** The numbers of the last event and the last turn. */
    public Numbers numbers() {
        return new Numbers(lastEvent(), scheduler.turns().lastSeq());
    }

    /**
     * Numbers this machine's events and turns after those of an earlier life, so that no number is
     * used twice. The digest does not include numbers.
     */
    public void numberAfter(Numbers earlier) {
        accounting.events().numberAfter(earlier.event());
        scheduler.turns().numberAfter(earlier.turn());
    }

    /** The programs of processes, by their ids. */
    public Map<String, Program> programs() {
        Map<String, Program> programs = new TreeMap<>();
        for (Task task : tasks) {
            ProgramRun run = task.program();
            if (run != null) {
                programs.put(run.program().id(), run.program());
            }
        }
        return programs;
    }

    /**
     * SHA-256, in hexadecimal, of the spec and the state, including events and counters. It leaves
     * out event numbers, so that a machine after a reset has a new machine's digest, and the list
     * of turns, which shows where runs were cut.
     */
    public String digest() {
        return StateHash.of(
                out -> {
                    out.writeString(spec.toString());
                    save(out);
                });
    }

    private void save(StateWriter out) {
        parts.memory().save(out);
        parts.store().save(out);
        parts.frames().save(out);
        parts.swap().save(out);
        parts.objects().save(out);
        parts.tables().save(out);
        policy.save(out);
        accounting.total().save(out);
        accounting.events().save(out);
        out.writeInt(tasks.size());
        tasks.forEach(task -> task.save(out));
        Task own = tasks.kernel();
        out.writeBoolean(own != null);
        if (own != null) {
            own.save(out);
        }
        parts.cpus().save(out);
        scheduler.save(out);
        daemon.save(out);
    }

    private void load(StateReader in, Map<String, Program> programs) {
        parts.memory().load(in);
        parts.store().load(in);
        parts.frames().load(in);
        parts.swap().load(in);
        parts.objects().load(in, parts.frames());
        parts.tables().load(in);
        policy.load(in);
        accounting.total().load(in);
        accounting.events().load(in);
        int count = in.readInt();
        for (int pid = 1; pid <= count; pid++) {
            Task task = Task.load(pid, parts, in, programs);
            kernel.restore(task);
            footprint.restored(task);
            if (task.space().lockedPages() > 0) {
                reclaim.evictable().expectLocks();
            }
        }
        if (in.readBoolean()) {
            tasks.setKernel(Task.load(Tasks.KERNEL, parts, in, Map.of()));
        }
        parts.cpus().load(in, tasks);
        scheduler.load(in);
        daemon.load(in);
    }

    /** The process of a pid, for tests that check the laws. */
    @Nullable Task taskOrNull(int pid) {
        return tasks.has(pid) ? task(pid) : null;
    }

    /** The size of a process's working set, in pages, if load control measures it; otherwise 0. */
    int workingSet(int pid) {
        return meter == null ? 0 : meter.size(task(pid));
    }

    Parts parts() {
        return parts;
    }
}

package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageStore;
import dev.faultline.machine.hardware.Tlbs;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.TurnLog;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How many bytes of host memory a machine takes: before it is created, as it is, and after a
 * command. Each number is an upper bound near the truth, based on the object layout of a 64-bit
 * virtual machine with compressed references. Tests measure it.
 */
final class Footprint {

    /** The objects that every machine consists of. */
    private static final long OBJECTS = 32 << 10;

    /** The logs of events and turns while they are short. */
    private static final long LOGS = 4 << 10;

    /** A processor with its MMU. */
    private static final long OBJECTS_PER_CPU = 1 << 10;

    /** A number in the list for the policy {@code random}. */
    private static final long BYTES_PER_NUMBER = 24;

    /** A process, ended or not, with its counters, its handler and an empty space. */
    private static final long BYTES_PER_PROCESS = 6 << 10;

    /** What any command may leave behind, such as a list that has grown. */
    private static final long SMALL = 4 << 10;

    /** The most events of an access, or of a command that does not concern pages. */
    private static final long EVENTS = 64;

    /** The result of an explained access. */
    private static final long BYTES_PER_RESULT = 600;

    /** More accesses than can ever be made. */
    static final long MANY = Long.MAX_VALUE >> 16;

    /** A page in an answer. */
    private static final long BYTES_PER_PAGE = 40;

    private final Parts parts;
    private final MachineSpec spec;
    private final ReplacementPolicy policy;
    private final Tasks tasks;
    private final Accounting accounting;
    private final Disk disk;
    private final @Nullable WorkingSetMeter meter;
    private final TurnLog turns;

    /** The machine without processes and logs. */
    private final long empty;

    /** The policy of one process, if each has its own. */
    private final long localPolicy;

    /** Bytes of the programs of processes. */
    private long programs;

    /** What faults may take. */
    private final FaultGrowth growth;

    Footprint(Parts parts, TurnLog turns) {
        this.parts = parts;
        this.policy = parts.policy();
        this.tasks = parts.tasks();
        this.accounting = parts.accounting();
        this.disk = parts.disk();
        this.meter = parts.meter();
        this.turns = turns;
        growth = new FaultGrowth(parts);
        spec = parts.spec();
        empty = parts(spec);
        localPolicy = localPolicy(spec);
    }

    private static long localPolicy(MachineSpec spec) {
        return Policies.hostBytesPerProcess(spec.policy(), spec.frames(), spec.replacement());
    }

    /** Bytes of a new machine. */
    static long of(MachineSpec spec) {
        return parts(spec) + LOGS + BYTES_PER_PROCESS + localPolicy(spec);
    }

    /** Bytes of a machine without processes and logs. */
    private static long parts(MachineSpec spec) {
        int frames = spec.frames();
        return OBJECTS
                + FrameTable.hostBytes(frames)
                + ReverseMap.hostBytes(frames)
                + PageStore.hostBytes(frames)
                + Policies.hostBytes(spec.policy(), frames, spec.replacement())
                + (Parts.measuresWorkingSets(spec) ? WorkingSetMeter.hostBytes(frames) : 0)
                + spec.cpus() * (OBJECTS_PER_CPU + Tlbs.hostBytes(spec.tlb()))
                + BYTES_PER_NUMBER * spec.replacement().get(Parameters.NUMBERS).size()
                + fixedTable(spec);
    }

    /** Bytes of the table that belongs to the machine and not to a process. */
    private static long fixedTable(MachineSpec spec) {
        return spec.translation().kind() == Translation.Kind.INVERTED
                ? spec.translation().fixedBytes(spec.frames())
                : 0;
    }

    /** A command was carried out that may let later ones take more. */
    void obeyed(Command command, Outcome outcome) {
        if (outcome instanceof Outcome.Done && command instanceof Command.GiveProgram give) {
            addProgram(give.program());
        } else if (command instanceof Command.SetHandler set) {
            growth.expect(set.handler());
        }
    }

    /** A process has one program more. */
    private void addProgram(Program program) {
        programs += ProgramRun.hostBytes(program, spec);
    }

    /** Adds a process of a machine that was saved. */
    void restored(Task task) {
        ProgramRun run = task.program();
        if (run != null) {
            addProgram(run.program());
        }
        if (!task.handler().actions().isEmpty()) {
            growth.expect(task.handler());
        }
    }

    /** Bytes of the machine now. */
    long held() {
        HostBudget content = parts.content();
        long blockHeaders = content.used() / 256;
        return empty
                + parts.tableMemory().hostBytes()
                - fixedTable(spec)
                + parts.tables().hostBytes()
                + parts.tableFrames().hostBytes()
                + content.hostBytes()
                + blockHeaders
                + parts.reverse().hostBytes()
                + parts.swap().hostBytes()
                + (long) Long.BYTES * parts.swap().used() // the pages of who is swapped out
                + PageStore.hostBytes(parts.store().size())
                + policy.hostBytes()
                + accounting.events().hostBytes()
                + turns.hostBytes()
                + (meter == null ? 0 : WorkingSetMeter.growth(meter.goneCount()))
                + disk.hostBytes()
                + (BYTES_PER_PROCESS + localPolicy) * (tasks.size() + 1L)
                + ControlGroups.HOST_BYTES * parts.frames().groups().size()
                + programs;
    }

    /** The most by which a command may let {@link #held} grow, temporary memory included. */
    long growth(Command command) {
        return switch (command) {
            case Command.Access access -> growth(command, access.block().count());
            case Command.Run _ -> growth(command, MANY);
            default ->
                    SMALL + accounting.events().growth(events(command), false) + growthOf(command);
        };
    }

    /** The same for {@code accesses} of its accesses. */
    long growth(Command command, long accesses) {
        boolean explained = command instanceof Command.Access access && access.explain();
        boolean stores = command instanceof Command.Access access && access.block().hasStores();
        return SMALL
                + accounting.events().growth(FaultGrowth.saturated(accesses, EVENTS), explained)
                + (explained ? 0 : turns.growth())
                + growth.faults(accesses)
                + (stores ? growth.content(0, accesses) : 0)
                + (explained ? BYTES_PER_RESULT * accesses : 0);
    }

    /** The most events that a command may leave behind. */
    private static long events(Command command) {
        return switch (command) {
            case Command.CreateProcess _,
                    Command.Vfork _,
                    Command.SetHandler _,
                    Command.GiveProgram _,
                    Command.PutGroup _,
                    Command.JoinGroup _,
                    Command.Protect _,
                    Command.Pin _,
                    Command.FlushTlb _,
                    Command.Instruction _,
                    Command.ClearCounters _ ->
                    EVENTS;
            case Command.Map map when !map.replace() -> EVENTS;
            default -> MANY;
        };
    }

    private long growthOf(Command command) {
        return switch (command) {
            case Command.CreateProcess create -> process() + areas(create.areas());
            case Command.Exec exec -> process() + areas(exec.areas());
            case Command.Fork fork -> process() + copy(task(fork.pid()));
            case Command.Vfork _ -> process();
            case Command.Map map -> FaultGrowth.someAreas(1) + segments(map.length());
            case Command.Brk brk ->
                    FaultGrowth.someAreas(1) + segments(Math.max(0, brk.increment()));
            case Command.Unmap _ -> FaultGrowth.someAreas(1);
            case Command.Protect _ -> FaultGrowth.someAreas(1);
            case Command.ProtectMany protect -> FaultGrowth.someAreas(protect.ranges().size());
            case Command.Remap remap ->
                    FaultGrowth.someAreas(2)
                            + segments(remap.newLength())
                            + moved(task(remap.pid()));
            case Command.Advise advise -> FaultGrowth.someAreas(1) + touched(advise.length());
            case Command.Lock lock -> FaultGrowth.someAreas(1) + touched(lock.length());
            case Command.Sync sync ->
                    growth.content(Math.min(pages(sync.length()), spec.frames()), 0);
            case Command.Dirty dirty -> told(dirty);
            case Command.SwapOut _ -> left(spec.frames());
            case Command.SwapIn _ -> growth.faults(0);
            case Command.PutFile put ->
                    MemoryObjects.growth()
                            + 2 * DiskFile.mostHostBytes(put.bytes().capacity(), spec.pageSize());
            case Command.MapFrame _ -> process() + growth.faults(1);
            case Command.GiveProgram give -> ProgramRun.hostBytes(give.program(), spec);
            case Command.PutGroup _ ->
                    ControlGroups.HOST_BYTES + 16L * parts.frames().groups().size();
            case Command.Compact _ -> growth.content(spec.frames(), 0);
            case Command.Switch _ -> growth.faults(0);
            case Command.Run _, Command.Access _ -> growth.faults(MANY);
            case Command.Exit _,
                    Command.SetHandler _,
                    Command.JoinGroup _,
                    Command.Pin _,
                    Command.UnmapFrame _,
                    Command.FlushTlb _,
                    Command.Instruction _,
                    Command.ClearCounters _ ->
                    0;
        };
    }

    private @Nullable Task task(int pid) {
        return tasks.has(pid) ? tasks.get(pid) : null;
    }

    private long process() {
        return BYTES_PER_PROCESS + localPolicy + parts.tables().emptyBytes() + OBJECTS_PER_CPU;
    }

    private long areas(List<MemoryArea> areas) {
        long bytes = FaultGrowth.someAreas(areas.size());
        for (MemoryArea area : areas) {
            bytes += segments(area.length());
        }
        return bytes;
    }

    /** The kernel's entries of a segment's pages, which are copied when the segment grows. */
    private long segments(long bytes) {
        if (!spec.translation().isContiguous()) {
            return 0;
        }
        long wanted = 8 * pages(bytes);
        return parts.tableMemory().used()
                + Math.min(wanted, Math.max(0, parts.tableMemory().left()));
    }

    private long pages(long bytes) {
        return (bytes >>> spec.offsetBits()) + 2;
    }

    /** A child's copy of what its parent has. */
    private long copy(@Nullable Task parent) {
        if (parent == null) {
            return 0;
        }
        AddressSpace space = parent.space();
        long pages = space.residentPages() + space.swappedPages();
        return AddressSpace.growth(space.areas().size())
                + parent.table().copyBytes()
                + parts.reverse().growth(pages)
                + (spec.translation().isContiguous() ? growth.content(pages, 0) : 0)
                + growth.swap(parent.table().storage());
    }

    /** The answer to a request for dirty pages. */
    private long told(Command.Dirty dirty) {
        Task task = task(dirty.pid());
        long most = task == null ? 0 : task.residentPages();
        return BYTES_PER_PAGE * Math.min(pages(dirty.length()), most);
    }

    /** Pages whose entries move. */
    private long moved(@Nullable Task task) {
        return task == null ? 0 : growth.faults(task.residentPages() + task.swappedPages());
    }

    /** Pages that leave memory. */
    private long left(long pages) {
        return growth.swap(pages) + growth.content(pages, 0) + Long.BYTES * pages;
    }

    /** A range of pages brought in while frames are free. */
    private long touched(long bytes) {
        return growth.faults(Math.min(pages(bytes), 2L * spec.frames()));
    }
}

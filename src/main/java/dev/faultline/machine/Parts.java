package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PageTables;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.Overcommit;
import dev.faultline.machine.tables.PageTableFrames;
import dev.faultline.machine.tables.Story;
import dev.faultline.machine.tables.SwapSpace;

import org.jspecify.annotations.Nullable;

/**
 * What a machine is built of: its hardware, and the structures that the kernel works on. They store
 * and answer, and decide nothing.
 */
final class Parts {

    private final MachineSpec spec;
    private final PhysicalMemory memory;
    private final BackingStore store;
    private final HostBudget content;
    private final HostBudget tableMemory;
    private final Tasks tasks = new Tasks();
    private final Accounting accounting;
    private final FrameTable frames;
    private final SwapSpace swap;
    private final Cpus cpus;
    private final ReverseMap reverse;
    private final Overcommit overcommit;
    private final MemoryObjects objects;
    private final PageTables tables;
    private final PageTableFrames tableFrames;
    private final Disk disk;
    private final ReplacementPolicy policy;
    private final @Nullable WorkingSetMeter meter;

    /** The parts of a machine that a spec describes. */
    Parts(MachineSpec spec) {
        this(spec, new HostBudget(spec.limits().contentBytes()));
    }

    private Parts(MachineSpec spec, HostBudget content) {
        this(
                spec,
                new PhysicalMemory(spec.frames(), spec.pageSize(), content),
                new BackingStore(spec.pageSize(), content),
                content);
    }

    /** Parts with a memory and a store of one's own, such as ones that fail. */
    Parts(MachineSpec spec, PhysicalMemory memory, BackingStore store, HostBudget content) {
        this.spec = spec;
        this.memory = memory;
        this.store = store;
        this.content = content;
        tableMemory = new HostBudget(spec.limits().tableBytes());
        accounting = new Accounting(spec.limits().events(), new Story(spec));
        frames = new FrameTable(spec.frames());
        swap = new SwapSpace(spec.swap().slots());
        cpus = new Cpus(spec, frames.marks(), accounting, tasks);
        reverse = new ReverseMap(frames, tasks, cpus);
        overcommit = new Overcommit(spec);
        objects = new MemoryObjects(spec, overcommit, tableMemory, content);
        tables = new PageTables(spec, tableMemory);
        tableFrames = new PageTableFrames(spec.translation().memory(), swap);
        disk = new Disk(spec, accounting);
        policy = Policies.make(spec.policy(), spec.frames(), spec.replacement());
        meter =
                measuresWorkingSets(spec)
                        ? new WorkingSetMeter(frames, reverse, spec.paging().loadControl().window())
                        : null;
        if (spec.translation().kind() == Translation.Kind.INVERTED) {
            tableMemory.charge(spec.translation().fixedBytes(spec.frames()));
        }
    }

    /** Whether a machine of a spec measures the working sets of its processes. */
    static boolean measuresWorkingSets(MachineSpec spec) {
        return spec.paging().loadControl().kind() == PagingSpec.LoadControl.Kind.WORKING_SET;
    }

    MachineSpec spec() {
        return spec;
    }

    PhysicalMemory memory() {
        return memory;
    }

    BackingStore store() {
        return store;
    }

    /** The host's memory for stored bytes. */
    HostBudget content() {
        return content;
    }

    /** The host's memory for page tables and areas. */
    HostBudget tableMemory() {
        return tableMemory;
    }

    Tasks tasks() {
        return tasks;
    }

    Accounting accounting() {
        return accounting;
    }

    /** What tells the steps of an access, if that is wanted. */
    Story story() {
        return accounting.story();
    }

    FrameTable frames() {
        return frames;
    }

    SwapSpace swap() {
        return swap;
    }

    Cpus cpus() {
        return cpus;
    }

    ReverseMap reverse() {
        return reverse;
    }

    Overcommit overcommit() {
        return overcommit;
    }

    MemoryObjects objects() {
        return objects;
    }

    PageTables tables() {
        return tables;
    }

    PageTableFrames tableFrames() {
        return tableFrames;
    }

    Disk disk() {
        return disk;
    }

    ReplacementPolicy policy() {
        return policy;
    }

    /** What measures working sets, or null if nothing asks for them. */
    @Nullable WorkingSetMeter meter() {
        return meter;
    }
}

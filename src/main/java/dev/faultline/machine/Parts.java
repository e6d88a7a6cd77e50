package dev.faultline.machine;

import dev.faultline.machine.hardware.BackingStore;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

/** What a machine is built of. */
record Parts(
        MachineSpec spec,
        PhysicalMemory memory,
        BackingStore store,
        FrameTable frames,
        SwapSpace swap,
        Cpus cpus,
        MemoryObjects objects,
        Overcommit overcommit,
        PageTableFrames tables,
        HostBudget tableMemory,
        HostBudget content) {

    static Parts of(MachineSpec spec) {
        HostBudget content = new HostBudget(spec.limits().contentBytes());
        return of(
                spec,
                new PhysicalMemory(spec.frames(), spec.pageSize(), content),
                new BackingStore(spec.pageSize(), content),
                content);
    }

    /** Parts with a memory and a store of one's own, such as ones that fail. */
    static Parts of(
            MachineSpec spec, PhysicalMemory memory, BackingStore store, HostBudget content) {
        Overcommit overcommit = new Overcommit(spec);
        HostBudget tableMemory = new HostBudget(spec.limits().tableBytes());
        FrameTable frames = new FrameTable(spec.frames());
        SwapSpace swap = new SwapSpace(spec.swap().slots());
        if (spec.translation().kind() == Translation.Kind.INVERTED) {
            tableMemory.charge(spec.translation().fixedBytes(spec.frames()));
        }
        return new Parts(
                spec,
                memory,
                store,
                frames,
                swap,
                new Cpus(spec, frames.marks()),
                new MemoryObjects(spec, overcommit, tableMemory, content),
                overcommit,
                new PageTableFrames(spec, frames, swap, store),
                tableMemory,
                content);
    }
}

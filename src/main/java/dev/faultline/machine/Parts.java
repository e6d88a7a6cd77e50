package dev.faultline.machine;

/** What a machine is built of. */
record Parts(
        MachineSpec spec,
        PhysicalMemory memory,
        BackingStore store,
        FrameTable frames,
        SwapSpace swap,
        Tlb tlb,
        MemoryObjects objects,
        Commitment commitment,
        Quota tableMemory,
        Quota content) {

    static Parts of(MachineSpec spec) {
        Quota content = new Quota(spec.limits().contentBytes());
        return of(
                spec,
                new PhysicalMemory(spec.frames(), spec.pageSize(), content),
                new BackingStore(spec.pageSize(), content),
                content);
    }

    /** Parts with a memory and a store of one's own, such as ones that fail. */
    static Parts of(MachineSpec spec, PhysicalMemory memory, BackingStore store, Quota content) {
        Commitment commitment = new Commitment(spec);
        Quota tableMemory = new Quota(spec.limits().tableBytes());
        return new Parts(
                spec,
                memory,
                store,
                new FrameTable(spec.frames()),
                new SwapSpace(spec.swap().slots()),
                new Tlb(spec.tlb(), spec.seed()),
                new MemoryObjects(spec, commitment, tableMemory, content),
                commitment,
                tableMemory,
                content);
    }
}

package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/** A place in a TLB, which is unified, data, instruction or second-level. */
public record TlbEntryView(
        int cpu,
        String tlb,
        int set,
        int way,
        boolean valid,
        @Nullable Integer asid,
        @Nullable Long page,
        @Nullable Long pages,
        @Nullable Integer frame,
        boolean writable,
        boolean executable,
        boolean dirty) {}

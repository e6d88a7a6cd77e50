package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One way of one set of a TLB.
 *
 * @param tlb which TLB: unified, data, instruction or second-level
 * @param pages how many pages the entry covers
 */
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

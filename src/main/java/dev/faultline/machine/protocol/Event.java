package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Something rare that happened in a machine: what does not apply to the kind is null.
 *
 * @param seq counted from 1 in the machine's life
 * @param tick the machine's clock
 * @param other the child of a fork, or the number of pages an eviction unmapped
 * @param choice how the victim of an eviction was chosen, while that is kept
 * @param length bytes of the area that was mapped, unmapped or protected, or that the heap grew by
 */
public record Event(
        long seq,
        long tick,
        Kind kind,
        int pid,
        @Nullable Long address,
        @Nullable Integer op,
        Fault.@Nullable Type fault,
        Fault.@Nullable Resolution resolution,
        @Nullable Boolean major,
        @Nullable Integer frame,
        @Nullable Integer slot,
        @Nullable Boolean dirty,
        @Nullable Boolean writtenBack,
        @Nullable Integer other,
        @Nullable Long length,
        Signal.@Nullable Code signal,
        Fault.@Nullable Choice choice) {

    /** What happened. */
    public enum Kind {
        CREATE("create"),
        FORK("fork"),
        EXIT("exit"),
        SWAP_OUT("swap-out"),
        SWAP_IN("swap-in"),
        FAULT("fault"),
        /** One page lost its frame to an eviction; the eviction follows its last unmap. */
        UNMAP("unmap"),
        EVICTION("eviction"),
        SIGNAL("signal"),
        EXEC("exec"),
        /** The process's own handler did not mend its fault; a signal follows that ends it. */
        HANDLER_FAILED("handler-failed"),
        /** The kernel ended the process so that another ({@code other}) finds a frame. */
        OOM_KILL("oom-kill"),
        /** The frame's page may not be evicted from now on, or may again. */
        PIN("pin"),
        UNPIN("unpin"),
        /** A dirty page was written and stays. */
        CLEAN("clean"),
        /** A page was brought into a frame before anybody asked for it. */
        PREFETCH("prefetch"),
        MAP_AREA("map-area"),
        UNMAP_AREA("unmap-area"),
        PROTECT("protect"),
        ADVISE("advise"),
        /** The heap's end moved to the address. */
        BRK("brk"),
        SYNC("sync"),
        LOCK("lock"),
        /** A mapped range has another length, and may have moved to the address. */
        REMAP("remap"),
        /** A segment lies in other frames than before. */
        MOVE("move");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}

package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A rare occurrence in a machine. Fields that do not apply to the kind are null.
 *
 * @param seq its number, counted from 1 in the machine's life
 * @param tick the machine's clock
 * @param other the child of a fork, the process that an out-of-memory kill made room for, or the
 *     number of pages that an eviction unmapped
 * @param choice how the victim of an eviction was chosen, as long as that is kept
 * @param length bytes of the area that was mapped, unmapped or protected, or by which the heap grew
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
        /** A process was created. */
        CREATE("create"),
        /** A process was forked; {@code other} is the child. */
        FORK("fork"),
        /** A process ended. */
        EXIT("exit"),
        /** A whole process was swapped out. */
        SWAP_OUT("swap-out"),
        /** A whole process was swapped in. */
        SWAP_IN("swap-in"),
        /** An access faulted, and the kernel resolved it or sent a signal. */
        FAULT("fault"),
        /**
         * An eviction unmapped one page of the frame; the eviction's own event follows the last of
         * these.
         */
        UNMAP("unmap"),
        /** A page left its frame. */
        EVICTION("eviction"),
        /** A process received a signal. */
        SIGNAL("signal"),
        /** A process replaced its memory. */
        EXEC("exec"),
        /**
         * The process's handler did not repair its fault. The signal that ends the process follows.
         */
        HANDLER_FAILED("handler-failed"),
        /** The kernel ended the process so that another one ({@code other}) gets a frame. */
        OOM_KILL("oom-kill"),
        /** The frame's page was pinned: it cannot be evicted. */
        PIN("pin"),
        /** The frame's page was unpinned. */
        UNPIN("unpin"),
        /** A dirty page was written back and stayed in memory. */
        CLEAN("clean"),
        /** A page was read into a frame before any process asked for it. */
        PREFETCH("prefetch"),
        /** An area was mapped. */
        MAP_AREA("map-area"),
        /** A range was unmapped. */
        UNMAP_AREA("unmap-area"),
        /** The protection of a range changed. */
        PROTECT("protect"),
        /** A process told the kernel how it will use a range. */
        ADVISE("advise"),
        /** The heap's end moved to the address. */
        BRK("brk"),
        /** Dirty pages of shared files were written back on request. */
        SYNC("sync"),
        /** A range was locked or unlocked. */
        LOCK("lock"),
        /** A mapped range changed its length, and may have moved to the address. */
        REMAP("remap"),
        /** A segment moved to other frames. */
        MOVE("move");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word for it in JSON. */
        public String word() {
            return word;
        }
    }
}

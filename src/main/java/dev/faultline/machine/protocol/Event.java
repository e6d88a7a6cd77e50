package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

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
        @Numbered(1)
        CREATE("create"),
        /** A process was forked; {@code other} is the child. */
        @Numbered(2)
        FORK("fork"),
        /** A process ended. */
        @Numbered(3)
        EXIT("exit"),
        /** A whole process was swapped out. */
        @Numbered(4)
        SWAP_OUT("swap-out"),
        /** A whole process was swapped in. */
        @Numbered(5)
        SWAP_IN("swap-in"),
        /** An access faulted, and the kernel resolved it or sent a signal. */
        @Numbered(6)
        FAULT("fault"),
        /**
         * An eviction unmapped one page of the frame; the eviction's own event follows the last of
         * these.
         */
        @Numbered(7)
        UNMAP("unmap"),
        /** A page left its frame. */
        @Numbered(8)
        EVICTION("eviction"),
        /** A process received a signal. */
        @Numbered(9)
        SIGNAL("signal"),
        /** A process replaced its memory. */
        @Numbered(10)
        EXEC("exec"),
        /**
         * The process's handler did not repair its fault. The signal that ends the process follows.
         */
        @Numbered(11)
        HANDLER_FAILED("handler-failed"),
        /** The kernel ended the process so that another one ({@code other}) gets a frame. */
        @Numbered(12)
        OOM_KILL("oom-kill"),
        /** The frame's page was pinned: it cannot be evicted. */
        @Numbered(13)
        PIN("pin"),
        /** The frame's page was unpinned. */
        @Numbered(14)
        UNPIN("unpin"),
        /** A dirty page was written back and stayed in memory. */
        @Numbered(15)
        CLEAN("clean"),
        /** A page was read into a frame before any process asked for it. */
        @Numbered(16)
        PREFETCH("prefetch"),
        /** An area was mapped. */
        @Numbered(17)
        MAP_AREA("map-area"),
        /** A range was unmapped. */
        @Numbered(18)
        UNMAP_AREA("unmap-area"),
        /** The protection of a range changed. */
        @Numbered(19)
        PROTECT("protect"),
        /** A process told the kernel how it will use a range. */
        @Numbered(20)
        ADVISE("advise"),
        /** The heap's end moved to the address. */
        @Numbered(21)
        BRK("brk"),
        /** Dirty pages of shared files were written back on request. */
        @Numbered(22)
        SYNC("sync"),
        /** A range was locked or unlocked. */
        @Numbered(23)
        LOCK("lock"),
        /** A mapped range changed its length, and may have moved to the address. */
        @Numbered(24)
        REMAP("remap"),
        /** A segment moved to other frames. */
        @Numbered(25)
        MOVE("move");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Whether it is about a range of addresses, whose length the event has. */
        public boolean isOfRange() {
            return compareTo(MAP_AREA) >= 0;
        }

        /** The word for it in JSON. */
        public String word() {
            return word;
        }
    }
}

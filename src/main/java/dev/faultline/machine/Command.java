package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Everything that changes a machine; given to {@link Machine#apply}. */
public sealed interface Command {

    /**
     * Makes a process.
     *
     * @param areas page-aligned, inside the address space, no two sharing a page
     */
    record CreateProcess(String name, List<MemoryArea> areas, OnSignal onSignal)
            implements Command {
        public CreateProcess {
            areas = List.copyOf(areas);
        }
    }

    /** Forks a process by copy-on-write. */
    record Fork(int pid) implements Command {}

    /** Ends a process. */
    record Exit(int pid) implements Command {}

    /**
     * Makes an area.
     *
     * @param start page-aligned, or null for where the kernel likes
     * @param length bytes, at least 1; {@code start + length} is inside the address space
     * @param name of the shared memory, for that kind
     * @param replace whether what is mapped there already gives way; else it is refused
     */
    record Map(
            int pid,
            @Nullable Long start,
            long length,
            int protection,
            MemoryArea.Kind kind,
            @Nullable String name,
            boolean replace)
            implements Command {}

    /** Takes a range of pages out of a process, whole areas or parts of them. */
    record Unmap(int pid, long start, long length) implements Command {}

    /** Changes what a range of pages allows. */
    record Protect(int pid, long start, long length, int protection) implements Command {}

    /** Says how a range of pages will be used. */
    record Advise(int pid, long start, long length, Advice advice) implements Command {}

    /** What a process can tell the kernel of its pages (madvise). */
    enum Advice {
        /**
         * Their contents are not wanted: they are given up now, and are zero when touched again.
         */
        DONTNEED,
        /**
         * Their contents may be dropped instead of written out when the frames are wanted, unless
         * they are written to before.
         */
        FREE
    }

    /** Moves the end of the heap by so many bytes. */
    record Brk(int pid, long increment) implements Command {}

    /** Moves a whole process to the backing store. */
    record SwapOut(int pid) implements Command {}

    /** Brings a process back that was moved to the backing store. */
    record SwapIn(int pid) implements Command {}

    /**
     * Issues accesses in order, to the end of the block or the first fatal signal.
     *
     * @param pid the process, unless the block names one for each access
     * @param explain whether to answer an {@link AccessResult} for each access
     */
    record Access(int pid, AccessBlock block, boolean explain) implements Command {}

    /**
     * Sets all counters to zero and forgets the events, so that a prepared machine starts clean.
     */
    record ForgetHistory() implements Command {}
}

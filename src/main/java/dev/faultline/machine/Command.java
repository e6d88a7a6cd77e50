package dev.faultline.machine;

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

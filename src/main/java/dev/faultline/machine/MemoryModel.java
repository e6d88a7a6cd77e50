package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How a machine gives memory to its processes: page by page ({@link Paging}) or in whole segments
 * ({@link WholeSegments}). The spec's translation decides this once.
 */
interface MemoryModel {

    /** Resolves faults. */
    interface Faults {

        /** Resolves a fault, after which the access runs again or ends in a signal. */
        Fault.Resolution resolve(PageFault fault);
    }

    /** What the kernel does at a fault. */
    Faults faults();

    /** A page is written to for the first time since it was loaded or written back. */
    void dirtied(Task task, long address, int frame);

    /** Brings back what a process had in memory, as far as there is room. */
    void comeBack(Task task, long[] pages);

    /** Why a command means nothing in this model, or null. */
    Outcome.@Nullable Refused refuse(Command command);

    /** Makes an area. */
    Outcome map(Task task, Command.Map command);

    /** Takes a range of addresses out of a process. */
    Outcome unmap(Task task, long start, long length);

    /** Changes what a range of addresses allows. */
    Outcome protect(Task task, Command.Protect command);

    /** Moves the end of the heap. */
    Outcome brk(Task task, Command.Brk command);

    /** Moves everything that is in memory together. */
    Outcome compact();

    /**
     * Why areas cannot be given to a process whose own are still empty, or null.
     *
     * @param leaving the process whose memory will be free, or null
     */
    Outcome.@Nullable Refused refuseAreas(List<MemoryArea> areas, @Nullable Task leaving);

    /** A process has its first areas. */
    void begin(Task task, List<MemoryArea> areas);

    /** Makes room for what {@link #fork} takes. Answers why there is none, or null. */
    Outcome.@Nullable Refused makeRoomToFork(Task parent);

    /** Gives a child, which has its parent's areas, its parent's pages. */
    ForkAccount fork(Task parent, Task child);
}

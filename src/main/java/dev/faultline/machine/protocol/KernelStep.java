package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What the kernel does in an access: from the trap to the entry that is valid again. */
public sealed interface KernelStep extends Step {

    @Override
    default Kind kind() {
        return switch (this) {
            case Trap trap -> Kind.FAULT;
            case Sent sent -> Kind.FAULT;
            case InArea area -> Kind.AREA;
            case StackGrows grows -> Kind.AREA;
            case HandlerActs acts -> Kind.AREA;
            case Stale stale -> Kind.CHECK;
            case Allocate allocate -> Kind.ALLOCATE;
            case AllocateRun run -> Kind.ALLOCATE;
            case TableFrame table -> Kind.ALLOCATE;
            case Victim victim -> Kind.VICTIM;
            case NoVictim none -> Kind.VICTIM;
            case SegmentLeaves leaves -> Kind.VICTIM;
            case Killed killed -> Kind.VICTIM;
            case Unmap unmap -> Kind.UNMAP;
            case WriteBack writeBack -> Kind.WRITE_BACK;
            case Load load -> Kind.LOAD;
            case Copy copy -> Kind.COPY;
            case HandlerCopies copies -> Kind.COPY;
            case Map map -> Kind.MAP;
            case Keep keep -> Kind.MAP;
        };
    }

    /** Why the hardware traps into the kernel. */
    enum Cause {
        /** The entry was not valid. */
        PAGE,
        /** The entry did not allow the access. */
        PROTECTION,
        /** The kernel manages the TLB, which does not hold the page. */
        TLB_MISS,
        /** The kernel manages the TLB, in which the page that is written to is clean. */
        TLB_MODIFIED
    }

    /**
     * A fault.
     *
     * @param page the page that faults
     * @param traps false if the kernel has the processor already
     */
    record Trap(Cause cause, Long page, boolean traps) implements KernelStep {}

    /** What becomes of a process that gets a signal. */
    enum Then {
        /** It ends. */
        END,
        /** The access is abandoned. */
        ABANDON,
        /** The process's own handler runs. */
        HANDLE
    }

    /** The kernel sends a signal, and why. */
    record Sent(Integer pid, Signal signal, @Nullable String why, Then then)
            implements KernelStep {}

    /** The area of the address, or null if there is none. */
    record InArea(@Nullable MemoryArea area, Long page, Boolean allowed) implements KernelStep {}

    /** A stack grows; the area is the stack after that. */
    record StackGrows(MemoryArea area) implements KernelStep {}

    /** The table's entry allows the access, and a TLB had an old copy. */
    record Stale(Long page) implements KernelStep {}

    /**
     * A process's handler changes a range of addresses.
     *
     * @param area the range, and what it allows after that
     */
    record HandlerActs(String command, MemoryArea area) implements KernelStep {}

    /** A process's handler copies bytes. */
    record HandlerCopies(long start, long to, long length) implements KernelStep {}

    /** Where a frame comes from. */
    enum Supply {
        /** From the queue of free frames. */
        FREE,
        /** It is the frame that is kept free for an exchange. */
        SPARE,
        /** The page is in memory already. */
        CACHED,
        /** No frame can be had unless a page leaves. */
        NONE
    }

    /** A frame for a page; null if there is none yet. */
    record Allocate(Supply supply, @Nullable Integer frame, Integer free) implements KernelStep {}

    /** Consecutive frames, for a huge page or a segment. */
    record AllocateRun(Integer frame, int count, Integer free) implements KernelStep {}

    /** A frame becomes a page of a page table. */
    record TableFrame(Integer pid, Integer frame) implements KernelStep {}

    /** For what a page leaves. */
    enum Reason {
        /** An access needs a frame. */
        NEEDED,
        /** A process has more frames than it should. */
        SURPLUS,
        /** The page daemon frees frames. */
        DAEMON
    }

    /**
     * A page leaves its frame.
     *
     * @param choice null if there was no other candidate, or the choices of the command are more
     *     than are kept
     * @param table whether it is a page of a page table
     */
    record Victim(
            Reason reason,
            Integer frame,
            List<Mapping> mappings,
            Boolean dirty,
            Fault.@Nullable Choice choice,
            @Nullable String file,
            @Nullable Long filePage,
            boolean table)
            implements KernelStep {}

    /** No page may leave. */
    record NoVictim() implements KernelStep {}

    /** A segment, or with relocation a process, leaves as a whole; the index is the segment's. */
    record SegmentLeaves(Integer pid, Long index, Integer frame, int count) implements KernelStep {}

    /** The out-of-memory killer ends a process. */
    record Killed(Integer pid, long pages) implements KernelStep {}

    /** An entry becomes invalid, and names a slot or nothing. */
    record Unmap(Integer pid, Long page, Integer frame, @Nullable Integer slot)
            implements KernelStep {}

    /** A page is written to a slot or to its file; in the background if no process waits for it. */
    record WriteBack(
            Integer frame,
            @Nullable Integer slot,
            @Nullable String file,
            @Nullable Long filePage,
            boolean background)
            implements KernelStep {}

    /** What a frame is filled with. */
    enum Content {
        /** Zeros. */
        ZEROS,
        /** A page from a slot of the store. */
        SLOT,
        /** A page of a file. */
        FILE,
        /** A page of a page table, from the store. */
        TABLE
    }

    /** A frame is filled; in the background if no process waits for it. */
    record Load(
            Content content,
            @Nullable Integer frame,
            @Nullable Integer slot,
            @Nullable String file,
            @Nullable Long filePage,
            boolean background)
            implements KernelStep {}

    /** A frame is copied to another; to itself if the page leaves and its frame is the copy. */
    record Copy(Integer from, Integer frame) implements KernelStep {}

    /** A page's entry becomes valid. */
    record Map(Integer pid, Long page, Integer frame, int protection, boolean cow)
            implements KernelStep {}

    /** The last sharer keeps the frame, and its entry allows writing again. */
    record Keep(Integer pid, Long page, Integer frame) implements KernelStep {}
}

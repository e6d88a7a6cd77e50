package dev.faultline.machine.protocol;

import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;

/** Everything that changes a machine; given to {@code Machine.apply}. */
public sealed interface Command {

    /** The pid of the kernel, where a command lets it make accesses of its own. */
    int KERNEL = 0;

    /**
     * Makes a process.
     *
     * @param areas page-aligned, inside the address space, no two sharing a page
     */
    record CreateProcess(String name, List<MemoryArea> areas, OnSignal onSignal, Manner manner)
            implements Command {
        public CreateProcess {
            areas = List.copyOf(areas);
        }

        /** A process that the kernel treats as it does all. */
        public CreateProcess(String name, List<MemoryArea> areas, OnSignal onSignal) {
            this(name, areas, onSignal, Manner.USUAL);
        }

        /** A process that says nothing of its memory, and is ended by a signal. */
        public static CreateProcess plain(String name, MachineSpec spec) {
            MemoryArea area = new MemoryArea(0, spec.defaultProcessBytes(), Protection.ALL);
            return new CreateProcess(name, List.of(area), OnSignal.TERMINATE);
        }
    }

    /** How the kernel treats a process. */
    enum Manner {
        USUAL,
        /**
         * As the third lab of NYU's operating-systems course does: a write that is forbidden first
         * loads the page and marks it referenced; pages of files leave memory with the process.
         */
        NYU_LAB
    }

    /** Counts one instruction of a trace that is no access: a switch or an exit. */
    record Instruction() implements Command {}

    /** Lets a process run, and counts a context switch whether it ran before or not. */
    record Switch(int pid) implements Command {}

    /** Forks a process by copy-on-write. */
    record Fork(int pid) implements Command {}

    /**
     * Makes a child that borrows its parent's memory; the parent waits until it has ended or run
     * {@link Exec}.
     */
    record Vfork(int pid) implements Command {}

    /** Replaces a process's memory, and with it its handler, its locks and what it borrowed. */
    record Exec(int pid, String name, List<MemoryArea> areas, OnSignal onSignal)
            implements Command {
        public Exec {
            areas = List.copyOf(areas);
        }
    }

    /** Gives a process a handler of its signals. */
    record SetHandler(int pid, UserHandler handler) implements Command {}

    /** Ends a process. */
    record Exit(int pid) implements Command {}

    /**
     * Makes an area.
     *
     * @param start page-aligned, or null for where the kernel likes
     * @param length bytes, at least 1; {@code start + length} is inside the address space
     * @param replace whether what is mapped there already gives way; else it is refused
     */
    record Map(
            int pid,
            @Nullable Long start,
            long length,
            int protection,
            Backing backing,
            boolean replace)
            implements Command {}

    /** Takes a range of pages out of a process, whole areas or parts of them. */
    record Unmap(int pid, long start, long length) implements Command {}

    /** Changes what a range of pages allows. */
    record Protect(int pid, long start, long length, int protection) implements Command {}

    /** Changes what several ranges of pages allow, all or none (Appel and Li's PROTN). */
    record ProtectMany(int pid, List<Range> ranges, int protection) implements Command {
        public ProtectMany {
            ranges = List.copyOf(ranges);
        }
    }

    /** Bytes from a page-aligned address on. */
    record Range(long start, long length) {}

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
        FREE,
        /** They will be used soon: they are brought in as long as frames are free. */
        WILLNEED,
        /** They will be read in order: a page of a file brings those behind it in too. */
        SEQUENTIAL,
        /** They will be read in no order. */
        RANDOM,
        /** Nothing is known of how they will be used. */
        NORMAL,
        /** They are to be huge where that can be. */
        HUGEPAGE,
        /** They are to be small, those that come from now on. */
        NOHUGEPAGE
    }

    /** Writes the dirty pages of shared files in a range back (msync). */
    record Sync(int pid, long start, long length) implements Command {}

    /** Keeps pages in memory, or lets them leave it again (mlock, munlock). */
    record Lock(int pid, long start, long length, boolean locked) implements Command {}

    /** Answers the pages of a range that were written to since the last time this was asked. */
    record Dirty(int pid, long start, long length) implements Command {}

    /** Gives a mapped range another length, elsewhere if it may move (mremap). */
    record Remap(int pid, long start, long length, long newLength, boolean mayMove)
            implements Command {}

    /**
     * Makes a file on the machine's disk or gives it other bytes.
     *
     * @param protection what mappings of it may allow at most
     */
    record PutFile(String name, ByteBuffer bytes, int protection) implements Command {

        /** The command for these bytes, which it copies. */
        public static PutFile of(String name, byte[] bytes, int protection) {
            return new PutFile(name, ByteBuffer.wrap(bytes.clone()), protection);
        }
    }

    /** Lets the kernel map a frame for itself, besides those who map it already. */
    record MapFrame(int frame, int protection) implements Command {}

    /** Takes the kernel's own mapping of a frame away. */
    record UnmapFrame(int frame) implements Command {}

    /**
     * Lets the processes that have programs run, until all are at their ends or what is given first
     * comes about.
     *
     * @param ticks that are to pass, or null
     * @param accesses that are to be made, or null
     * @param counter to be watched, or null: one that only faults, evictions and signals change
     * @param value that it is to get to
     * @param step accesses after which it pauses: it is not over, and given again it goes on
     */
    record Run(
            @Nullable Long ticks,
            @Nullable Long accesses,
            @Nullable Counter counter,
            long value,
            long step)
            implements Command {

        /** A run without a pause. */
        public Run(
                @Nullable Long ticks,
                @Nullable Long accesses,
                @Nullable Counter counter,
                long value) {
            this(ticks, accesses, counter, value, Long.MAX_VALUE);
        }
    }

    /**
     * Gives a new process a program.
     *
     * @param think ticks of computing before each access
     * @param arrival the clock of runs at which it comes; now, if that is past
     */
    record GiveProgram(int pid, Program program, long think, long arrival) implements Command {

        /** A program for a process that comes now. */
        public GiveProgram(int pid, Program program, long think) {
            this(pid, program, think, 0);
        }
    }

    /**
     * Makes a control group, or gives it other bounds.
     *
     * @param limit frames that its processes may have together, at least 1
     * @param protectedFrames frames of these that nobody else takes from them
     */
    record PutGroup(String name, int limit, int protectedFrames) implements Command {}

    /** Puts a process into a group; what it has in memory stays charged where it was. */
    record JoinGroup(int pid, String group) implements Command {}

    /** Keeps the page of a used frame in it until the page goes by itself, or lets it go again. */
    record Pin(int frame, boolean pinned) implements Command {}

    /**
     * Drops entries from the TLB: the one of a page, those of an address space, or all. It changes
     * no answer, only what the next look-ups cost.
     *
     * @param pid the process, or null for all entries
     * @param page its page, or null for all of the process's
     */
    record FlushTlb(@Nullable Integer pid, @Nullable Long page) implements Command {}

    /** Moves what is in memory together, where memory is given out in pieces of any length. */
    record Compact() implements Command {}

    /** Moves the end of the heap by so many bytes. */
    record Brk(int pid, long increment) implements Command {}

    /** Moves a whole process to the backing store. */
    record SwapOut(int pid) implements Command {}

    /** Brings a process back that was moved to the backing store. */
    record SwapIn(int pid) implements Command {}

    /**
     * Issues accesses in order, to the end of the block or the first fatal signal.
     *
     * @param pid the process, or 0 for the kernel, unless the block names one for each access
     * @param explain whether to answer an {@link AccessResult} for each access
     */
    record Access(int pid, AccessBlock block, boolean explain) implements Command {}

    /**
     * Sets all counters to zero and forgets the events, so that a prepared machine starts clean.
     */
    record ClearCounters() implements Command {}
}

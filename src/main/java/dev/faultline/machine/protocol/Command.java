package dev.faultline.machine.protocol;

import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.Numbered;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A change to a machine. Everything that changes a machine is a command given to {@code
 * Machine.apply}, which returns its {@link Outcome}.
 */
public sealed interface Command {

    /** The kernel's pid, for commands in which the kernel itself accesses memory. */
    int KERNEL = 0;

    /**
     * Creates a process.
     *
     * @param areas page-aligned, inside the address space, no two sharing a page
     */
    @Numbered(1)
    record CreateProcess(
            @Numbered(1) String name,
            @Numbered(2) List<MemoryArea> areas,
            @Numbered(3) OnSignal onSignal,
            @Numbered(4) Manner manner)
            implements Command {
        /** Copies the list of areas. */
        public CreateProcess {
            areas = List.copyOf(areas);
        }

        /** Creates a process that the kernel treats as usual. */
        public CreateProcess(String name, List<MemoryArea> areas, OnSignal onSignal) {
            this(name, areas, onSignal, Manner.USUAL);
        }

        /** Creates a process with the spec's default memory, which any signal ends. */
        public static CreateProcess plain(String name, MachineSpec spec) {
            MemoryArea area = new MemoryArea(0, spec.defaultProcessBytes(), Protection.ALL);
            return new CreateProcess(name, List.of(area), OnSignal.TERMINATE);
        }
    }

    /** How the kernel treats a process. */
    enum Manner {
        /** By the ordinary rules. */
        @Numbered(1)
        USUAL(false, false),
        /**
         * By the rules of the third lab of NYU's operating-systems course: a forbidden write first
         * loads the page and marks it referenced, and the exit of a process releases its file
         * pages.
         */
        @Numbered(2)
        NYU_LAB(true, true);

        private final boolean loadsBeforeCheck;
        private final boolean releasesFilePages;

        Manner(boolean loadsBeforeCheck, boolean releasesFilePages) {
            this.loadsBeforeCheck = loadsBeforeCheck;
            this.releasesFilePages = releasesFilePages;
        }

        /** Whether a page is loaded, and marked referenced, before an access to it is forbidden. */
        public boolean loadsBeforeCheck() {
            return loadsBeforeCheck;
        }

        /** Whether a file's page leaves the page cache with the last process that maps it. */
        public boolean releasesFilePages() {
            return releasesFilePages;
        }
    }

    /** Counts one instruction of a trace that is not an access: a switch or an exit. */
    @Numbered(2)
    record Instruction() implements Command {}

    /**
     * Makes a process current. It counts as a context switch even if the process was current
     * already.
     */
    @Numbered(3)
    record Switch(@Numbered(1) int pid) implements Command {}

    /** Forks a process by copy-on-write (lecture 16). */
    @Numbered(4)
    record Fork(@Numbered(1) int pid) implements Command {}

    /**
     * Creates a child that borrows its parent's memory. The parent waits until the child ends or
     * runs {@link Exec}.
     */
    @Numbered(5)
    record Vfork(@Numbered(1) int pid) implements Command {}

    /**
     * Replaces a process's memory. Its handler and its locks are dropped, and borrowed memory goes
     * back to the parent.
     */
    @Numbered(6)
    record Exec(
            @Numbered(1) int pid,
            @Numbered(2) String name,
            @Numbered(3) List<MemoryArea> areas,
            @Numbered(4) OnSignal onSignal)
            implements Command {
        /** Copies the list of areas. */
        public Exec {
            areas = List.copyOf(areas);
        }
    }

    /** Sets the handler that a process runs instead of receiving a signal. */
    @Numbered(7)
    record SetHandler(@Numbered(1) int pid, @Numbered(2) UserHandler handler) implements Command {}

    /** Ends a process. */
    @Numbered(8)
    record Exit(@Numbered(1) int pid) implements Command {}

    /**
     * Creates an area (mmap).
     *
     * @param start page-aligned, or null to let the kernel choose
     * @param length bytes, at least 1; {@code start + length} is inside the address space
     * @param protection a mask of {@link Protection}
     * @param replace whether to unmap what is already there; otherwise an overlap is refused
     */
    @Numbered(9)
    record Map(
            @Numbered(1) int pid,
            @Numbered(2) @Nullable Long start,
            @Numbered(3) long length,
            @Numbered(4) int protection,
            @Numbered(5) Backing backing,
            @Numbered(6) boolean replace)
            implements Command {}

    /** Unmaps a range of pages, which may cover whole areas or parts of them (munmap). */
    @Numbered(10)
    record Unmap(@Numbered(1) int pid, @Numbered(2) long start, @Numbered(3) long length)
            implements Command {}

    /** Changes the protection of a range of pages (mprotect). */
    @Numbered(11)
    record Protect(
            @Numbered(1) int pid,
            @Numbered(2) long start,
            @Numbered(3) long length,
            @Numbered(4) int protection)
            implements Command {}

    /** Changes the protection of several ranges, all or none (Appel and Li's PROTN). */
    @Numbered(12)
    record ProtectMany(
            @Numbered(1) int pid, @Numbered(2) List<Range> ranges, @Numbered(3) int protection)
            implements Command {
        /** Copies the list of ranges. */
        public ProtectMany {
            ranges = List.copyOf(ranges);
        }
    }

    /** {@code length} bytes from a page-aligned address. */
    record Range(@Numbered(1) long start, @Numbered(2) long length) {}

    /** Tells the kernel how a range of pages will be used (madvise). */
    @Numbered(13)
    record Advise(
            @Numbered(1) int pid,
            @Numbered(2) long start,
            @Numbered(3) long length,
            @Numbered(4) Advice advice)
            implements Command {}

    /** What a process can tell the kernel about its pages (madvise). */
    enum Advice {
        /**
         * The contents are no longer needed: the pages are given up at once and are zero when next
         * touched.
         */
        @Numbered(1)
        DONTNEED,
        /**
         * The contents may be dropped instead of written out when the frames are needed, unless the
         * pages are written to first.
         */
        @Numbered(2)
        FREE,
        /** The pages will be needed soon: bring them in while frames are free. */
        @Numbered(3)
        WILLNEED,
        /**
         * The pages will be read in order: a page read from a file brings in the ones that follow
         * it.
         */
        @Numbered(4)
        SEQUENTIAL,
        /** The pages will be read in no particular order. */
        @Numbered(5)
        RANDOM,
        /** Back to the default: no expectation. */
        @Numbered(6)
        NORMAL,
        /** Use huge pages where possible. */
        @Numbered(7)
        HUGEPAGE,
        /** Use small pages from now on. */
        @Numbered(8)
        NOHUGEPAGE
    }

    /** Writes back the dirty pages of shared file mappings in a range (msync). */
    @Numbered(14)
    record Sync(@Numbered(1) int pid, @Numbered(2) long start, @Numbered(3) long length)
            implements Command {}

    /** Locks pages in memory, or unlocks them (mlock, munlock). */
    @Numbered(15)
    record Lock(
            @Numbered(1) int pid,
            @Numbered(2) long start,
            @Numbered(3) long length,
            @Numbered(4) boolean locked)
            implements Command {}

    /**
     * Returns the pages of a range written to since the last such command (Appel and Li's DIRTY).
     */
    @Numbered(16)
    record Dirty(@Numbered(1) int pid, @Numbered(2) long start, @Numbered(3) long length)
            implements Command {}

    /**
     * Changes the length of a mapped range, moving it if it cannot grow in place (mremap).
     *
     * @param newLength bytes
     * @param mayMove whether it may move; otherwise growth that needs a move is refused
     */
    @Numbered(17)
    record Remap(
            @Numbered(1) int pid,
            @Numbered(2) long start,
            @Numbered(3) long length,
            @Numbered(4) long newLength,
            @Numbered(5) boolean mayMove)
            implements Command {}

    /**
     * Creates a file on the machine's disk, or replaces its bytes.
     *
     * @param protection the most that mappings of the file may allow
     */
    @Numbered(18)
    record PutFile(
            @Numbered(1) String name, @Numbered(2) ByteBuffer bytes, @Numbered(3) int protection)
            implements Command {

        /** The command with a copy of these bytes. */
        public static PutFile of(String name, byte[] bytes, int protection) {
            return new PutFile(name, ByteBuffer.wrap(bytes.clone()), protection);
        }
    }

    /** Maps a frame into the kernel's own address space, in addition to the mappings it has. */
    @Numbered(19)
    record MapFrame(@Numbered(1) int frame, @Numbered(2) int protection) implements Command {}

    /** Removes the kernel's own mapping of a frame. */
    @Numbered(20)
    record UnmapFrame(@Numbered(1) int frame) implements Command {}

    /**
     * Runs the processes that have programs until every program has ended or one of the given
     * limits is reached.
     *
     * @param ticks the number of ticks to run, or null
     * @param accesses the number of accesses to run, or null
     * @param counter the counter to watch, or null; one that only faults, evictions and signals
     *     change
     * @param value the value at which that counter stops the run
     * @param step the number of accesses after which to pause; the same command given again
     *     continues the run
     */
    @Numbered(21)
    record Run(
            @Numbered(1) @Nullable Long ticks,
            @Numbered(2) @Nullable Long accesses,
            @Numbered(3) @Nullable Counter counter,
            @Numbered(4) long value,
            @Numbered(5) long step)
            implements Command {

        /** A run without pauses. */
        public Run(
                @Nullable Long ticks,
                @Nullable Long accesses,
                @Nullable Counter counter,
                long value) {
            this(ticks, accesses, counter, value, Long.MAX_VALUE);
        }
    }

    /**
     * Gives a new process its program.
     *
     * @param think ticks of computing before each access
     * @param arrival when the process arrives, by the clock of runs; a time in the past means now
     */
    @Numbered(22)
    record GiveProgram(
            @Numbered(1) int pid,
            @Numbered(2) Program program,
            @Numbered(3) long think,
            @Numbered(4) long arrival)
            implements Command {

        /** A program for a process that arrives now. */
        public GiveProgram(int pid, Program program, long think) {
            this(pid, program, think, 0);
        }
    }

    /**
     * Creates a control group, or changes its bounds.
     *
     * @param limit the most frames that its processes may have together, at least 1
     * @param protectedFrames how many of its frames no other group may take
     */
    @Numbered(23)
    record PutGroup(
            @Numbered(1) String name, @Numbered(2) int limit, @Numbered(3) int protectedFrames)
            implements Command {}

    /** Puts a process into a group. Pages already in memory stay charged to the old group. */
    @Numbered(24)
    record JoinGroup(@Numbered(1) int pid, @Numbered(2) String group) implements Command {}

    /**
     * Pins the page of a used frame in its frame, or unpins it. A pin ends when the page itself
     * goes away.
     */
    @Numbered(25)
    record Pin(@Numbered(1) int frame, @Numbered(2) boolean pinned) implements Command {}

    /**
     * Drops TLB entries: one page's, one address space's, or all. It changes no results, only the
     * cost of later look-ups.
     *
     * @param pid the process, or null for all entries
     * @param page its page, or null for all pages of the process
     */
    @Numbered(26)
    record FlushTlb(@Numbered(1) @Nullable Integer pid, @Numbered(2) @Nullable Long page)
            implements Command {}

    /**
     * Moves all segments together so that the free memory is one hole. Only for machines without
     * pages.
     */
    @Numbered(27)
    record Compact() implements Command {}

    /** Moves the end of the heap by {@code increment} bytes, which may be negative (sbrk). */
    @Numbered(28)
    record Brk(@Numbered(1) int pid, @Numbered(2) long increment) implements Command {}

    /** Swaps a whole process out to the backing store. */
    @Numbered(29)
    record SwapOut(@Numbered(1) int pid) implements Command {}

    /** Swaps a whole process back in. */
    @Numbered(30)
    record SwapIn(@Numbered(1) int pid) implements Command {}

    /**
     * Issues accesses in order, to the end of the block or the first fatal signal.
     *
     * @param pid the process, or {@link #KERNEL}, unless the block names a process for each access
     * @param explain whether to return an {@link AccessResult} for each access
     */
    @Numbered(31)
    record Access(
            @Numbered(1) int pid, @Numbered(2) AccessBlock block, @Numbered(3) boolean explain)
            implements Command {}

    /**
     * Sets all counters to zero and forgets the events, so that a prepared machine starts clean.
     */
    @Numbered(32)
    record ClearCounters() implements Command {}
}

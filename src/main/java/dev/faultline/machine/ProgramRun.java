package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.ProcessTimes;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.stream.LongStream;

/** A process's program, and how far the process has got in it. */
final class ProgramRun {

    /** The number of accesses read from a program at once. */
    private static final int CHUNK = 4096;

    /** Host bytes of a buffered access with its size. */
    private static final long HOST_BYTES_PER_ACCESS = 18;

    private static final long OBJECTS = 512;

    private final Program program;

    /**
     * Ticks of computing before each access, and how many of those before the next access are done.
     */
    private final long think;

    private long thought;
    private final ProcessTimes times;

    private final MachineSpec spec;
    private final AccessBlock block;

    /**
     * The index of the block's first access, of the first one after the block, and of the next
     * piece.
     */
    private long from;

    private long to;
    private int next;
    private boolean filled;

    /** The position of the block's first piece in the future that the policy knows. */
    private int base;

    ProgramRun(Program program, long think, ProcessTimes times, MachineSpec spec) {
        this.program = program;
        this.think = think;
        this.times = times;
        this.spec = spec;
        block = new AccessBlock(spec, CHUNK);
    }

    Program program() {
        return program;
    }

    /** Ticks of computing before each access. */
    long think() {
        return think;
    }

    /** Ticks of computing before the next access that are done. */
    long thought() {
        return thought;
    }

    /** Records {@code ticks} more ticks of computing. */
    void think(long ticks) {
        thought += ticks;
    }

    /** Records that the next access is made and its computing is over. */
    void act() {
        thought = 0;
    }

    /** When the process arrived, ran and ended. */
    ProcessTimes times() {
        return times;
    }

    /** Whether the program has ended. */
    boolean isDone() {
        return !filled && from >= program.count();
    }

    /**
     * The accesses that are at hand, or null at the program's end. Raises {@link
     * LostProgramException}, nothing having changed, if they cannot be had.
     */
    @Nullable AccessBlock block() {
        if (!filled) {
            if (isDone()) {
                return null;
            }
            to = fill(block, from);
            filled = true;
        }
        return block;
    }

    /** Fills a block during a run. If the accesses cannot be read, the run stops cleanly. */
    private long fill(AccessBlock into, long first) {
        try {
            return read(into, first);
        } catch (RuntimeException e) {
            throw new LostProgramException(e);
        }
    }

    /**
     * Fills a block with the accesses from an index on. Returns the index of the first one not in
     * it.
     */
    private long read(AccessBlock into, long first) {
        into.clear();
        return program.fill(into, first, Math.min(program.count(), first + CHUNK));
    }

    /**
     * The host bytes of a program and its buffered accesses; an access that crosses pages counts
     * for each page.
     */
    static long hostBytes(Program program, MachineSpec spec) {
        long pieces = CHUNK + program.largest() / spec.pageSize() + 1;
        return OBJECTS + program.hostBytes() + HOST_BYTES_PER_ACCESS * pieces;
    }

    /** The pieces still to be made, one for each page; counting stops soon after {@code most}. */
    long piecesLeft(long most) {
        if (program.largest() == 1) {
            return program.count() - done();
        }
        AccessBlock part = new AccessBlock(spec, CHUNK);
        long pieces = 0;
        for (long at = from; at < program.count() && pieces <= most; ) {
            at = read(part, at);
            pieces += part.count();
        }
        return pieces - next;
    }

    /** The index in the block of the next access. */
    int next() {
        return next;
    }

    /** The position of the block's first piece in the future that the policy knows. */
    int base() {
        return base;
    }

    /**
     * The future of the rest of the program, as accesses of this process; positions count from now.
     */
    NextUses nextUses(int asid, HostAccount account) {
        AccessBlock part = new AccessBlock(spec, CHUNK);
        LongStream.Builder starts = LongStream.builder();
        for (long at = from; at < program.count(); at = fill(part, at)) {
            starts.add(at);
        }
        long[] parts = starts.build().toArray();
        NextUses nextUses = new NextUses(CHUNK, account);
        for (int chunk = parts.length - 1; chunk >= 0; chunk--) {
            fill(part, parts[chunk]);
            int begin = chunk == 0 ? Math.min(next, part.count()) : 0;
            for (int at = part.count() - 1; at >= begin; at--) {
                if (part.op(at) == Op.TICK) {
                    nextUses.precedeByNone();
                    continue;
                }
                long address = AccessBlock.address(part.words()[at]);
                nextUses.precede(asid, address >>> spec.offsetBits());
            }
        }
        base = -next;
        return nextUses;
    }

    /**
     * Records that the accesses before an index in the block are done. At the end of the block the
     * next one begins.
     */
    void reach(int place) {
        next = place;
        if (next == block.count()) {
            from = to;
            base += next;
            next = 0;
            filled = false;
        }
    }

    /** About how many accesses are done: all of earlier blocks, and the pieces done in this one. */
    long done() {
        return Math.min(program.count(), from + next);
    }

    void save(StateWriter out) {
        out.writeString(program.id());
        out.writeLong(think);
        times.save(out);
        out.writeLong(thought);
        out.writeLong(from);
        out.writeInt(next);
    }

    static ProgramRun load(StateReader in, MachineSpec spec, Map<String, Program> programs) {
        String id = in.readString();
        Program program = programs.get(id);
        if (program == null) {
            throw new IllegalArgumentException("the program " + id + " is not at hand");
        }
        ProgramRun run = new ProgramRun(program, in.readLong(), ProcessTimes.load(in), spec);
        run.thought = in.readLong();
        run.from = in.readLong();
        run.next = in.readInt();
        return run;
    }
}

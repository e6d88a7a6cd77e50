package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.LostProgramException;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.stream.LongStream;

/** A process's program, and how far the process is in it. */
final class ProgramRun {

    /** Accesses that are read of a program at once. */
    private static final int CHUNK = 4096;

    /** Bytes of an access at hand, with its size, in a block that has grown. */
    private static final long HOST_BYTES_PER_ACCESS = 18;

    private static final long OBJECTS = 512;

    private final Program program;

    /** Ticks of computing before each access, and those of them before the next that are done. */
    private final long think;

    private long thought;
    private final ProcessTimes times;

    private final MachineSpec spec;
    private final AccessBlock block;

    /** The first access of the block, the first behind it, and the piece in it that is next. */
    private long from;

    private long to;
    private int next;
    private boolean filled;

    /** The place of the block's first piece among those that were foreseen. */
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

    /** So many more ticks of computing are done. */
    void think(long ticks) {
        thought += ticks;
    }

    /** The next access is made: its computing is over. */
    void act() {
        thought = 0;
    }

    /** When the process came, ran and ended. */
    ProcessTimes times() {
        return times;
    }

    /** Whether the program is at its end. */
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

    /** Fills a block for a run, which ends in good order if the accesses cannot be had. */
    private long fill(AccessBlock into, long first) {
        try {
            return read(into, first);
        } catch (RuntimeException e) {
            throw new LostProgramException(e);
        }
    }

    /** Fills a block with the accesses from one on. Answers the first that is not in it. */
    private long read(AccessBlock into, long first) {
        into.clear();
        return program.fill(into, first, Math.min(program.count(), first + CHUNK));
    }

    /**
     * Bytes of the host's memory that a program takes with the accesses of it that are at hand: an
     * access that crosses pages is one for each.
     */
    static long hostBytes(Program program, MachineSpec spec) {
        long pieces = CHUNK + program.largest() / spec.pageSize() + 1;
        return OBJECTS + program.hostBytes() + HOST_BYTES_PER_ACCESS * pieces;
    }

    /** The pieces of what is left, one for each page; counted no further than beyond a number. */
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

    /** The place in the block of the next access. */
    int next() {
        return next;
    }

    /** The place of the block's first piece among those that were foreseen. */
    int base() {
        return base;
    }

    /** What is left of the program, as a process's accesses; their places count from now on. */
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

    /** The accesses before a place in the block are done; behind the last begins the next block. */
    void reach(int place) {
        next = place;
        if (next == block.count()) {
            from = to;
            base += next;
            next = 0;
            filled = false;
        }
    }

    /** Accesses done, about: those of the blocks before, and of this one the pieces. */
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

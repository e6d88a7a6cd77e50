package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** A process's program, and how far the process is in it. */
final class ProgramRun {

    /** Accesses that are read of a program at once. */
    private static final int CHUNK = 4096;

    /** Bytes of the host's memory that a program's next accesses take. */
    static final long HOST_BYTES = 8L * CHUNK;

    private final Program program;

    /** Ticks of computing before each access, and those of them before the next that are done. */
    private final long think;

    private long thought;
    private final ProcessTimes times;

    private final AccessBlock block;

    /** The first access of the block, and the piece in it that is next. */
    private long from;

    private int next;
    private boolean filled;

    /** The place of the block's first piece among those that were foreseen. */
    private int base;

    ProgramRun(Program program, long think, ProcessTimes times, MachineSpec spec) {
        this.program = program;
        this.think = think;
        this.times = times;
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

    /** The accesses that are at hand, or null at the program's end. */
    @Nullable AccessBlock block() {
        if (!filled) {
            if (from >= program.count()) {
                return null;
            }
            block.clear();
            program.fill(block, from, Math.min(program.count(), from + CHUNK));
            filled = true;
        }
        return block;
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
    Foresight foresight(int asid, MachineSpec spec) {
        Foresight foresight = new Foresight(CHUNK);
        AccessBlock part = new AccessBlock(spec, CHUNK);
        long chunks = (program.count() - from + CHUNK - 1) / CHUNK;
        for (long chunk = chunks - 1; chunk >= 0; chunk--) {
            long first = from + chunk * CHUNK;
            part.clear();
            program.fill(part, first, Math.min(program.count(), first + CHUNK));
            int begin = chunk == 0 ? Math.min(next, part.count()) : 0;
            for (int at = part.count() - 1; at >= begin; at--) {
                if (part.op(at) == Op.TICK) {
                    foresight.precedeByNone();
                    continue;
                }
                long address = AccessBlock.address(part.words()[at]);
                foresight.precede(asid, address >>> spec.offsetBits());
            }
        }
        base = -next;
        return foresight;
    }

    /** The accesses before a place in the block are done; behind the last begins the next block. */
    void reach(int place) {
        next = place;
        if (next == block.count()) {
            from += CHUNK;
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

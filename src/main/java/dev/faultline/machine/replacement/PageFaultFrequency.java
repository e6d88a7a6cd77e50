package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.TAU;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Page-fault frequency (Chu and Opderbeck, "Program behavior and the page-fault-frequency
 * replacement algorithm", Computer 9(11), 1976). A fault that comes within tau accesses of the
 * process's last one only adds a frame to it, and leaves the bits as they are. At a later one the
 * process gives up all pages that it has not referenced since its last late fault, or since they
 * were loaded, and the bits of the others are cleared. O(frames) at a fault that comes late.
 *
 * <p>The paper has no rule for a memory that is full; here the first page from the hand on that was
 * not referenced leaves, or if there is none, the first that can.
 */
final class PageFaultFrequency extends HandPolicy {

    private static final long NEVER_FAULTED = -1;

    private final long tau;

    /** When each process faulted last, in its own accesses, or {@link #NEVER_FAULTED}. */
    private long[] lastFault = {};

    /** The process that faults, or {@link #NONE} if what follows from its fault was done. */
    private int faulting = NONE;

    /** The frame from which on to look next for one to be given up. */
    private int sweep = NONE;

    /** The frames that have a page. */
    private final BitSet filled;

    PageFaultFrequency(int frames, Settings settings) {
        super(frames, settings);
        tau = settings.get(TAU);
        filled = new BitSet(frames);
    }

    @Override
    public void onLoad(int frame) {
        super.onLoad(frame);
        filled.set(frame);
    }

    @Override
    public void onFree(int frame) {
        filled.clear(frame);
    }

    @Override
    public void onFault(int asking, int owner, long page) {
        faulting = asking;
        sweep = NONE;
    }

    @Override
    public int surplus(Frames frames) {
        if (faulting == NONE) {
            return NONE;
        }
        if (sweep == NONE) {
            long now = frames.time(faulting);
            long last = lastFault(faulting);
            lastFault[faulting] = now;
            if (last == NEVER_FAULTED || now - last <= tau) {
                faulting = NONE;
                return NONE;
            }
            sweep = 0;
        }
        int frame = filled.nextSetBit(sweep);
        for (; frame != NONE; frame = filled.nextSetBit(frame + 1)) {
            if (frames.evictable(frame) && frames.owner(frame) == faulting) {
                if (!frames.referenced(frame)) {
                    sweep = frame + 1;
                    return frame;
                }
                frames.clearReferenced(frame);
            }
        }
        faulting = NONE;
        return NONE;
    }

    /** When a process faulted last; there is a place for the answer from now on. */
    private long lastFault(int process) {
        int known = lastFault.length;
        if (process >= known) {
            lastFault = Arrays.copyOf(lastFault, Math.max(process + 1, 2 * known));
            Arrays.fill(lastFault, known, lastFault.length, NEVER_FAULTED);
        }
        return lastFault[process];
    }

    @Override
    public long hostBytes() {
        return (long) Long.BYTES * lastFault.length;
    }

    @Override
    public int victim(Frames frames) {
        int any = NONE;
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            if (frames.evictable(frame)) {
                if (!frames.referenced(frame)) {
                    return take(frame);
                }
                any = any == NONE ? frame : any;
            }
            frame = after(frame, 1);
        }
        return any == NONE ? NONE : take(any);
    }

    @Override
    public String rule() {
        return "the first page from the hand on that was not referenced; a process that faults"
                + " late gives up what it has not referenced since it last did";
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        out.writeLongs(filled.toLongArray());
        int processes = lastFault.length;
        while (processes > 0 && lastFault[processes - 1] == NEVER_FAULTED) {
            processes--; // how much room there is says nothing of the machine
        }
        out.writeInt(processes);
        for (int process = 0; process < processes; process++) {
            out.writeLong(lastFault[process]);
        }
    }

    @Override
    public void load(StateReader in) {
        super.load(in);
        filled.clear();
        filled.or(BitSet.valueOf(in.readLongs()));
        lastFault = in.readLongs();
    }
}

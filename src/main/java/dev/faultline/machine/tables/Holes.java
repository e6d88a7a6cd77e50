package dev.faultline.machine.tables;

import dev.faultline.machine.spec.Translation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The holes between used frames, and what would fit into them. It is a sketch: allocating and
 * freeing here does not change the machine.
 */
public final class Holes {

    static final int NONE = FrameTable.NONE;

    /** A maximal run of free frames. */
    public record Hole(int first, int frames) {}

    private final BitSet used;
    private final int size;
    private final Translation.Fit fit;

    private Holes(BitSet used, int size, Translation.Fit fit) {
        this.used = used;
        this.size = size;
        this.fit = fit;
    }

    /** The holes between the used frames, from which one is chosen by {@code fit}. */
    public static Holes of(FrameTable frames, Translation.Fit fit) {
        BitSet used = new BitSet(frames.size());
        for (int frame = 0; frame < frames.size(); frame++) {
            used.set(frame, frames.isUsed(frame));
        }
        return new Holes(used, frames.size(), fit);
    }

    /** The same holes, which change by themselves. */
    public Holes copy() {
        return new Holes((BitSet) used.clone(), size, fit);
    }

    /** The holes, lowest first. */
    public List<Hole> all() {
        List<Hole> holes = new ArrayList<>();
        for (int first = used.nextClearBit(0); first < size; ) {
            int end = used.nextSetBit(first);
            end = end < 0 ? size : end;
            holes.add(new Hole(first, end - first));
            first = used.nextClearBit(end);
        }
        return holes;
    }

    /** The number of free frames. */
    public int free() {
        return size - used.cardinality();
    }

    /** Where the fit puts this many frames, or {@link #NONE} if no hole is large enough. */
    public int find(int frames) {
        Hole chosen = null;
        for (Hole hole : all()) {
            if (hole.frames() >= frames && (chosen == null || isBetter(hole, chosen))) {
                chosen = hole;
            }
        }
        return chosen == null ? NONE : chosen.first();
    }

    private boolean isBetter(Hole hole, Hole than) {
        return switch (fit) {
            case FIRST_FIT -> false;
            case BEST_FIT -> hole.frames() < than.frames();
            case WORST_FIT -> hole.frames() > than.frames();
        };
    }

    /** Puts pieces into holes, one after the other. Returns whether there was a hole for each. */
    public boolean takeAll(List<Integer> pieces) {
        for (int frames : pieces) {
            int first = find(frames);
            if (first == NONE) {
                return false;
            }
            used.set(first, first + frames);
        }
        return true;
    }

    /** Frames become free; they join the holes beside them. */
    public void free(int first, int frames) {
        used.clear(first, first + frames);
    }
}

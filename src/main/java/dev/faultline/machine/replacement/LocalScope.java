package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.ALLOTMENT;
import static dev.faultline.machine.replacement.Parameters.TAU;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Replacement within each process: a process that has its allotment of frames gives one of its own
 * pages up for another, by a policy of its own, even when frames are free. One that has fewer takes
 * a free frame, or one of the process that has most more than its allotment (Silberschatz,
 * "Allocation of Frames"). A page is the process's that first asked for it.
 *
 * <p>A dynamic allotment begins as an equal share; a fault that comes within tau accesses of the
 * process's last one adds a frame to it, a later one takes one away.
 */
final class LocalScope extends ReplacementPolicy {

    private static final int FEWEST = 1;

    /** What one process has. */
    private static final class Local {
        final ReplacementPolicy policy;
        int resident;

        /** Its frames if they are dynamic, or {@link #NONE} as long as it has not faulted. */
        int allotment = NONE;

        long lastFault;

        Local(ReplacementPolicy policy) {
            this.policy = policy;
        }
    }

    /** Bytes of the host's memory for each frame, beside those of the processes' policies. */
    static final long HOST_BYTES = 4;

    private final Supplier<ReplacementPolicy> maker;

    /** A policy of nobody's, to be asked what is the same for all. */
    private final ReplacementPolicy pattern;

    private final boolean dynamic;
    private final long tau;

    /** The processes that have asked for frames, by number; the others are null. */
    private @Nullable Local[] locals = new Local[8];

    /** Whose page each frame holds. */
    private final int[] owners;

    private final int frameCount;
    private int asking;
    private @Nullable Frames machine;

    /** A policy for each process, over all frames, made when the process first faults. */
    LocalScope(int frames, Settings settings, Supplier<ReplacementPolicy> maker) {
        this.maker = maker;
        pattern = maker.get();
        frameCount = frames;
        owners = new int[frames];
        dynamic = settings.get(ALLOTMENT) == Parameters.Allotment.DYNAMIC;
        tau = settings.get(TAU);
    }

    private Local local(int owner) {
        Local known = known(owner);
        return known == null ? newLocal(owner) : known;
    }

    private @Nullable Local known(int owner) {
        return owner < locals.length ? locals[owner] : null;
    }

    private Local newLocal(int owner) {
        if (owner >= locals.length) {
            locals = Arrays.copyOf(locals, 2 * owner);
        }
        Local made = new Local(maker.get());
        locals[owner] = made;
        return made;
    }

    private int allotment(int owner, Local local, Frames frames) {
        int share = frames.share(owner);
        return !dynamic || local.allotment == NONE || share == 0 ? share : local.allotment;
    }

    @Override
    public void attach(Frames frames) {
        machine = frames;
    }

    @Override
    public void onFault(int newAsking, int owner, long page) {
        asking = newAsking;
        Local local = local(asking);
        local.policy.onFault(asking, owner, page);
        if (dynamic && machine != null) {
            adapt(local, machine);
        }
    }

    private void adapt(Local local, Frames frames) {
        long now = frames.time(asking);
        if (local.allotment == NONE) {
            local.allotment = frames.share(asking);
        } else if (now - local.lastFault <= tau) {
            local.allotment = Math.min(frameCount, local.allotment + 1);
        } else {
            local.allotment = Math.max(FEWEST, local.allotment - 1);
        }
        local.lastFault = now;
    }

    @Override
    public boolean mayTakeFree(Frames frames) {
        Local local = local(asking);
        return local.resident < allotment(asking, local, frames);
    }

    @Override
    public int surplus(Frames frames) {
        Local local = local(asking);
        return local.resident > allotment(asking, local, frames)
                ? victimOf(asking, local, frames)
                : NONE;
    }

    @Override
    public int victim(Frames frames) {
        Local local = local(asking);
        int victim = NONE;
        if (local.resident < allotment(asking, local, frames)) {
            victim = fromRichest(frames);
        }
        if (victim == NONE) {
            victim = victimOf(asking, local, frames);
        }
        return victim == NONE ? fromAny(frames) : victim;
    }

    /** A page of the process that is furthest above its allotment, or of the first such. */
    private int fromRichest(Frames frames) {
        int richest = NONE;
        int most = 0;
        for (int owner = 0; owner < locals.length; owner++) {
            Local local = locals[owner];
            int more = local == null ? 0 : local.resident - allotment(owner, local, frames);
            if (more > most) {
                most = more;
                richest = owner;
            }
        }
        return richest == NONE ? NONE : victimOf(richest, local(richest), frames);
    }

    private int fromAny(Frames frames) {
        int victim = NONE;
        for (int owner = 0; owner < locals.length && victim == NONE; owner++) {
            Local local = locals[owner];
            victim = local == null ? NONE : victimOf(owner, local, frames);
        }
        return victim;
    }

    private int victimOf(int owner, Local local, Frames frames) {
        return local.resident == 0
                ? NONE
                : local.policy.victim(local.policy.view(new Own(frames, owner)));
    }

    @Override
    public boolean onTick(Frames frames) {
        boolean changed = false;
        for (int owner = 0; owner < locals.length; owner++) {
            Local local = locals[owner];
            if (local != null) {
                changed |= local.policy.onTick(local.policy.view(new Own(frames, owner)));
            }
        }
        return changed;
    }

    /** The frames, of which a process can take its own alone. */
    private final class Own extends FramesOf {
        private final int owner;

        Own(Frames frames, int owner) {
            super(frames);
            this.owner = owner;
        }

        private boolean isOwn(int frame) {
            return owners[frame] == owner;
        }

        @Override
        public boolean evictable(int frame) {
            return isOwn(frame) && super.evictable(frame);
        }

        @Override
        public boolean referenced(int frame) {
            return isOwn(frame) && super.referenced(frame);
        }

        @Override
        public void clearReferenced(int frame) {
            if (isOwn(frame)) {
                super.clearReferenced(frame);
            }
        }
    }

    @Override
    public void onLoad(int frame) {
        Local local = local(asking);
        owners[frame] = asking;
        local.resident++;
        local.policy.onLoad(frame);
    }

    @Override
    public void onFree(int frame) {
        Local local = local(owners[frame]);
        local.resident--;
        local.policy.onFree(frame);
        owners[frame] = 0;
    }

    @Override
    public boolean watchesReferences() {
        return pattern.watchesReferences();
    }

    @Override
    public void onAccess(int frame) {
        local(owners[frame]).policy.onAccess(frame);
    }

    @Override
    public String rule() {
        return "of the process's own pages: " + pattern.rule();
    }

    @Override
    public int hand() {
        return shown().hand();
    }

    @Override
    public int[] order() {
        return shown().order();
    }

    @Override
    public long remembered(int frame) {
        Local local = known(owners[frame]);
        return local == null ? NONE : local.policy.remembered(frame);
    }

    private int localCount() {
        return (int) Stream.of(locals).filter(Objects::nonNull).count();
    }

    /** The policy of the process that asked last. */
    private ReplacementPolicy shown() {
        Local local = known(asking);
        return local == null ? pattern : local.policy;
    }

    @Override
    public List<Queue> queues(int most) {
        return shown().queues(most);
    }

    @Override
    public void save(StateWriter out) {
        out.writeInts(owners);
        out.writeInt(asking);
        out.writeInt(localCount());
        for (int owner = 0; owner < locals.length; owner++) {
            Local local = locals[owner];
            if (local != null) {
                out.writeInt(owner);
                out.writeInt(local.resident);
                out.writeInt(local.allotment);
                out.writeLong(local.lastFault);
                local.policy.save(out);
            }
        }
    }

    @Override
    public void load(StateReader in) {
        in.readInts(owners);
        asking = in.readInt();
        for (int left = in.readInt(); left > 0; left--) {
            Local local = local(in.readInt());
            local.resident = in.readInt();
            local.allotment = in.readInt();
            local.lastFault = in.readLong();
            local.policy.load(in);
        }
    }
}

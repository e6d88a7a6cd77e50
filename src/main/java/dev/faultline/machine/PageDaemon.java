package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.PageList;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * Keeps a few frames free and few pages dirty, in the background (rows C15 and P8; Linux's kswapd
 * and its flusher). It wakes when fewer than {@code low} frames are free, and frees frames as the
 * policy names them until {@code high} are; a dirty page takes its turn at the disk, for which
 * nobody waits. Of such writes only so many are under way at once: then it goes on later, and who
 * needs a frame while none is left frees one himself.
 *
 * <p>Its processor time, for unmapping, is spent where it is woken.
 */
final class PageDaemon {

    private final Reclaim reclaim;
    private final FrameTable frames;
    private final Disk disk;
    private final Accounting accounting;
    private final PagingSpec spec;

    /** Dirty frames above which it cleans, and above which a writer does. */
    private final int background;

    private final int limit;
    private boolean awake;

    PageDaemon(Parts parts, Reclaim reclaim, Disk disk, Accounting accounting) {
        this.reclaim = reclaim;
        this.frames = parts.frames();
        this.disk = disk;
        this.accounting = accounting;
        spec = parts.spec().paging();
        background = share(spec.dirtyBackground());
        limit = share(spec.dirtyLimit());
    }

    private int share(int percent) {
        return percent == 100
                ? Integer.MAX_VALUE
                : (int) Math.max(1, (long) frames.size() * percent / 100);
    }

    /** Does what there is to do now, by the disk's own clock. */
    void work(Task task) {
        work(task, accounting.now());
    }

    /** Does what there is to do at a time of a run. */
    void work(Task task, long time) {
        disk.flush(time);
        if (!spec.hasDaemon()) {
            return;
        }
        if (!awake && reclaim.freeCount() < spec.watermarks().low()) {
            awake = true;
            accounting.count(task, Counter.DAEMON_WAKES);
        }
        disk.background(Disk.ANYWHERE);
        while (awake && disk.inFlight(time) < spec.inFlight()) {
            awake = wantsFrames();
            if (awake && !reclaim.freeOne(task)) {
                break;
            }
        }
        awake = wantsFrames();
        while (frames.written().size() > background
                && disk.inFlight(time) < spec.inFlight()
                && cleanOldest(task)) {
            // until few enough are dirty
        }
        disk.foreground();
        disk.flush(time);
    }

    /** Lets a process that has written wait until no more pages are dirty than may be. */
    void throttle(Task task) {
        while (frames.written().size() > limit && cleanOldest(task)) {
            accounting.count(task, Counter.THROTTLED);
        }
    }

    /** Writes the page that was first written to of those that are dirty. */
    private boolean cleanOldest(Task task) {
        int frame = frames.written().oldest();
        return frame != PageList.END && reclaim.evictor().writeBack(frame, task);
    }

    /** Whether it is awake and fewer frames are free than it is to free. */
    private boolean wantsFrames() {
        return awake && reclaim.freeCount() < spec.watermarks().high();
    }

    /** Whether it has more frames to free. */
    boolean isAwake() {
        return wantsFrames();
    }

    /** Pages on their way to the disk. */
    int inFlight() {
        return disk.inFlight();
    }

    void save(StateWriter out) {
        out.writeBoolean(awake);
        disk.save(out);
    }

    void load(StateReader in) {
        awake = in.readBoolean();
        disk.load(in);
    }
}

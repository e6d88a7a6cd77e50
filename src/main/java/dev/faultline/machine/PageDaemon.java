package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.replacement.PageList;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.FrameTable;

/**
 * Keeps a few frames free and few pages dirty, in the background (rows C15 and P8; Linux's kswapd
 * and its flusher). It wakes when fewer than {@code low} frames are free, and evicts what the
 * policy names until {@code high} are. A dirty page is queued at the disk, and no process waits for
 * it. At most {@code inFlight} writes are outstanding; beyond that the daemon pauses, and a process
 * that needs a frame reclaims one directly.
 *
 * <p>Its processor time, for unmapping, is spent where it is woken.
 */
final class PageDaemon {

    private final Reclaim reclaim;
    private final Evictor evictor;
    private final FrameRequest request = new FrameRequest();
    private final FrameTable frames;
    private final Disk disk;
    private final Accounting accounting;
    private final PagingSpec spec;

    /** The numbers of dirty frames above which it cleans, and above which a writer has to. */
    private final int background;

    private final int limit;
    private boolean awake;

    PageDaemon(Parts parts, Reclaim reclaim, Evictor evictor) {
        this.reclaim = reclaim;
        this.evictor = evictor;
        this.frames = parts.frames();
        this.disk = parts.disk();
        this.accounting = parts.accounting();
        spec = parts.spec().paging();
        background = share(spec.dirtyBackground());
        limit = share(spec.dirtyLimit());
    }

    private int share(int percent) {
        return percent == 100
                ? Integer.MAX_VALUE
                : (int) Math.max(1, (long) frames.size() * percent / 100);
    }

    /** Does the work due now, by the disk's own clock. */
    void work(Task task) {
        work(task, accounting.now());
    }

    /** Does the work due at a time of a run. */
    void work(Task task, long time) {
        disk.flush(time);
        if (!spec.hasDaemon()) {
            return;
        }
        if (!awake && reclaim.freeCount() < spec.watermarks().low()) {
            awake = true;
            accounting.count(task, Counter.DAEMON_WAKES);
        }
        request.forTable(task);
        disk.background(Disk.ANYWHERE);
        while (awake && disk.inFlight(time) < spec.inFlight()) {
            awake = wantsFrames();
            if (awake && !reclaim.freeOne(request)) {
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

    /** Makes a process that has written wait until no more pages are dirty than allowed. */
    void throttle(Task task) {
        while (frames.written().size() > limit && cleanOldest(task)) {
            accounting.count(task, Counter.THROTTLED);
        }
    }

    /** Writes back the dirty page that was written to first. */
    private boolean cleanOldest(Task task) {
        int frame = frames.written().oldest();
        return frame != PageList.END && evictor.writeBack(frame, task);
    }

    /** Whether it is awake and still has frames to free. */
    private boolean wantsFrames() {
        return awake && reclaim.freeCount() < spec.watermarks().high();
    }

    /** Whether it still has frames to free. */
    boolean isAwake() {
        return wantsFrames();
    }

    /** The number of pages on their way to the disk. */
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

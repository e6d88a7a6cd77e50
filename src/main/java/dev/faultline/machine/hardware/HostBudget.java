package dev.faultline.machine.hardware;

/** An amount of host memory, in bytes, that one machine may use for one purpose. */
public final class HostBudget {

    private final long limit;
    private long used;

    /** Host bytes of the arrays and objects that hold what is counted; no limit applies to them. */
    private long overhead;

    /** A budget of {@code limit} bytes. */
    public HostBudget(long limit) {
        this.limit = limit;
    }

    /** Takes this many bytes if they are left; otherwise takes none and returns false. */
    public boolean take(long bytes) {
        if (!has(bytes)) {
            return false;
        }
        used += bytes;
        return true;
    }

    /** Whether this many bytes are left. */
    public boolean has(long bytes) {
        return bytes <= limit - used;
    }

    /** Takes this many bytes even beyond the limit, for work that must not fail half-way. */
    public void charge(long bytes) {
        used += bytes;
    }

    /** Returns this many bytes. */
    public void give(long bytes) {
        used -= bytes;
    }

    /** Bytes in use. */
    public long used() {
        return used;
    }

    /** Bytes left; negative if more was charged than the limit. */
    public long left() {
        return limit - used;
    }

    /**
     * The most host memory, in bytes, that {@code things} things of {@code each} bytes take, given
     * that the budget limits them: {@code least} counted bytes come with {@code overhead} uncounted
     * ones.
     */
    long bounded(long things, long each, long least, long overhead) {
        double all = (double) things * each;
        double allowed = Math.max(0, left()) * (1 + (double) overhead / least) + each;
        return (long) Math.min(all, allowed);
    }

    /** Adds to the uncounted host bytes; negative to subtract. */
    public void needMore(long bytes) {
        overhead += bytes;
    }

    /** All host bytes, including the uncounted ones. */
    public long hostBytes() {
        return used + overhead;
    }
}

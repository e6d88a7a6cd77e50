package dev.faultline.machine.hardware;

/** An amount of the host's memory, in bytes, that one machine may use for one purpose. */
public final class HostBudget {

    private final long limit;
    private long used;

    /** What the arrays and objects that hold it cost the host beside what is counted. */
    private long overhead;

    public HostBudget(long limit) {
        this.limit = limit;
    }

    /** Takes bytes if that many are left; takes none otherwise. */
    public boolean take(long bytes) {
        if (!has(bytes)) {
            return false;
        }
        used += bytes;
        return true;
    }

    public boolean has(long bytes) {
        return bytes <= limit - used;
    }

    /** Takes bytes whatever is left, for what may not fail half-way. */
    public void charge(long bytes) {
        used += bytes;
    }

    public void give(long bytes) {
        used -= bytes;
    }

    public long used() {
        return used;
    }

    /** What is left of it; less than 0 where more was charged than there is. */
    public long left() {
        return limit - used;
    }

    /**
     * Bytes of the host's memory that so many things of so many bytes each take at most, as far as
     * the budget lets them: of {@code least} counted bytes each has so many more as overhead.
     */
    long bounded(long things, long each, long least, long overhead) {
        double all = (double) things * each;
        double allowed = Math.max(0, left()) * (1 + (double) overhead / least) + each;
        return (long) Math.min(all, allowed);
    }

    /**
     * The host needs so many bytes more, or fewer, to hold what is counted. No limit is on them.
     */
    public void needMore(long bytes) {
        overhead += bytes;
    }

    /** Bytes of the host's memory, those included that are not counted. */
    public long hostBytes() {
        return used + overhead;
    }
}

package dev.faultline.machine;

/** An amount of the host's memory, in bytes, that one machine may use for one purpose. */
final class Quota {

    private final long limit;
    private long used;

    Quota(long limit) {
        this.limit = limit;
    }

    /** Takes bytes if that many are left; takes none otherwise. */
    boolean take(long bytes) {
        if (!has(bytes)) {
            return false;
        }
        used += bytes;
        return true;
    }

    boolean has(long bytes) {
        return bytes <= limit - used;
    }

    /** Takes bytes whatever is left, for what may not fail half-way. */
    void charge(long bytes) {
        used += bytes;
    }

    void give(long bytes) {
        used -= bytes;
    }

    long used() {
        return used;
    }
}

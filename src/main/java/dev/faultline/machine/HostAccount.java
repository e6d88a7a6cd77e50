package dev.faultline.machine;

/** The host memory that a machine holds, in bytes. */
final class HostAccount {

    private final Room room;
    private long held;

    HostAccount(Room room) {
        this.room = room;
    }

    /** Bytes that are free at this moment. */
    long free() {
        return room.free();
    }

    /** Holds {@code more} bytes if they are free, and returns whether they were. */
    boolean has(long more) {
        if (!room.hold(held + more)) {
            return false;
        }
        held += more;
        return true;
    }

    /** Holds {@code more} bytes, or throws {@link Room#full} if they are not free. */
    void need(long more) {
        if (!has(more)) {
            throw full();
        }
    }

    /** Records that the machine holds this many bytes in all. */
    void settle(long bytes) {
        held = bytes;
        room.settle(bytes);
    }

    RuntimeException full() {
        return room.full();
    }
}

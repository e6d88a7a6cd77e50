package dev.faultline.machine;

/** What a machine holds of its host's memory, in bytes. */
final class HostAccount {

    private final Room room;
    private long held;

    HostAccount(Room room) {
        this.room = room;
    }

    /** Bytes that others have not taken, at this moment. */
    long free() {
        return room.free();
    }

    /** Whether so many bytes more can be had; if so they are held from now on. */
    boolean has(long more) {
        if (!room.hold(held + more)) {
            return false;
        }
        held += more;
        return true;
    }

    /** Holds so many bytes more. Raises {@link Room#full} if they cannot be had. */
    void need(long more) {
        if (!has(more)) {
            throw full();
        }
    }

    /** The machine has so many bytes in all. */
    void settle(long bytes) {
        held = bytes;
        room.settle(bytes);
    }

    RuntimeException full() {
        return room.full();
    }
}

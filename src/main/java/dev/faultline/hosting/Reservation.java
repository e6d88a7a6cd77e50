package dev.faultline.hosting;

import dev.faultline.machine.Room;
import dev.faultline.owners.Owner;

import java.util.function.Supplier;

/**
 * Memory that is counted to what an owner may hold, and all owners of the server together, from
 * before it is taken until this is closed.
 */
public final class Reservation implements Room, AutoCloseable {

    private final HostMemory memory;
    private final Owner owner;

    /** Whether histories give back for it. */
    private final boolean isUrgent;

    private long held;

    /** Whether there is room whatever others have taken. */
    private boolean insisting;

    /** Who had no room when there was none. */
    private HostMemory.Room full = HostMemory.Room.SERVER_FULL;

    /**
     * @param isUrgent whether histories give back what they hold where there is no room
     */
    Reservation(HostMemory memory, Owner owner, boolean isUrgent) {
        this.memory = memory;
        this.owner = owner;
        this.isUrgent = isUrgent;
    }

    @Override
    public synchronized long free() {
        return insisting ? Long.MAX_VALUE : memory.freeBytes(owner);
    }

    /**
     * Does something for which there is room whatever others have taken meanwhile: a machine that
     * takes the place of one that is gone takes no more than that one had, about.
     */
    <T> T insisting(Supplier<T> work) {
        insist(true);
        try {
            return work.get();
        } finally {
            insist(false);
        }
    }

    private synchronized void insist(boolean now) {
        insisting = now;
    }

    @Override
    public synchronized boolean hold(long bytes) {
        long more = bytes - held;
        if (more > 0) {
            HostMemory.Room found = claim(more);
            if (found != HostMemory.Room.FREE && !insisting) {
                full = found;
                return false;
            }
            if (found != HostMemory.Room.FREE) {
                memory.recount(owner, more);
            }
        }
        held = Math.max(held, bytes);
        return true;
    }

    private HostMemory.Room claim(long more) {
        return isUrgent ? memory.claim(owner, more) : memory.claimFree(owner, more);
    }

    /** Holds more bytes. Raises {@link HostingException} if there is no room for them. */
    public synchronized void add(long more) {
        if (!hold(held + more)) {
            throw full();
        }
    }

    @Override
    public synchronized void settle(long bytes) {
        memory.recount(owner, bytes - held);
        held = bytes;
    }

    /** Whether it was the owner's limit that left no room for what was to be held. */
    synchronized boolean isOwnerFull() {
        return full == HostMemory.Room.OWNER_FULL;
    }

    @Override
    public synchronized HostingException full() {
        return memory.problem(full, owner);
    }

    @Override
    public void close() {
        settle(0);
    }
}

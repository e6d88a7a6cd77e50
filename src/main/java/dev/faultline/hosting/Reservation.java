package dev.faultline.hosting;

import dev.faultline.machine.Room;

import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * Memory that is counted to what all machines of the server may hold together, from before it is
 * taken until this is closed.
 */
public final class Reservation implements Room, AutoCloseable {

    private final MachineHost host;
    private final LongPredicate claim;
    private long held;

    /** Whether there is room whatever others have taken. */
    private boolean insisting;

    /**
     * @param claim counts more bytes, and answers whether there was room for them
     */
    Reservation(MachineHost host, LongPredicate claim) {
        this.host = host;
        this.claim = claim;
    }

    @Override
    public synchronized long free() {
        return insisting ? Long.MAX_VALUE : host.freeBytes();
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
        if (more > 0 && !claim.test(more)) {
            if (!insisting) {
                return false;
            }
            host.recount(more);
        }
        held = Math.max(held, bytes);
        return true;
    }

    /** Holds more bytes. Raises {@link HostingException} if there is no room for them. */
    public synchronized void add(long more) {
        if (!hold(held + more)) {
            throw full();
        }
    }

    @Override
    public synchronized void settle(long bytes) {
        host.recount(bytes - held);
        held = bytes;
    }

    @Override
    public HostingException full() {
        return new HostingException(
                HostingException.Reason.SERVER_FULL,
                "the machines of this server hold all the memory they may; delete one first");
    }

    @Override
    public void close() {
        settle(0);
    }
}

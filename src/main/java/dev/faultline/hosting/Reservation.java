package dev.faultline.hosting;

import dev.faultline.machine.Room;

/**
 * Memory that is counted to what all machines of the server may hold together, from before it is
 * taken until this is closed.
 */
public final class Reservation implements Room, AutoCloseable {

    private final MachineHost host;
    private long held;

    Reservation(MachineHost host) {
        this.host = host;
    }

    @Override
    public long free() {
        return host.freeBytes();
    }

    @Override
    public synchronized boolean hold(long bytes) {
        long more = bytes - held;
        if (more > 0 && !host.claim(more)) {
            return false;
        }
        held = Math.max(held, bytes);
        return true;
    }

    /** Holds so many bytes more. Raises {@link HostingException} if they are not to be had. */
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

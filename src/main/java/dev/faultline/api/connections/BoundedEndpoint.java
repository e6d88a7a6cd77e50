package dev.faultline.api.connections;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Keeps the open connections below a bound. A new client never waits for slow ones: at the bound,
 * the connections whose clients the server has waited for longest are closed. Only where the server
 * is at work for every client does the next one wait.
 */
final class BoundedEndpoint extends NioEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedEndpoint.class);

    /**
     * One in this number of connections is closed at once, so that not every new one has to look.
     */
    private static final int SHARE = 16;

    private static final long PAUSE_MILLIS = 2;

    /** A client that the server has waited for less than this may be on its way. */
    private static final long GRACE_NANOS = 250_000_000L;

    private static final long NANOS_BETWEEN_LOGS = 60_000_000_000L;

    /** A connection that waits for its client, and for how long. */
    private record Waiting(
            SocketWrapperBase<NioChannel> wrapper, ClientConnection connection, long nanos) {}

    private @Nullable ConnectionSettings settings;
    private Supplier<byte[]> tooSlow = () -> new byte[0];
    private long logged = System.nanoTime() - NANOS_BETWEEN_LOGS;

    /** {@code tooSlow} makes the answer to a head that never ended. Call it before the start. */
    void configure(ConnectionSettings settings, Supplier<byte[]> tooSlow) {
        this.settings = settings;
        this.tooSlow = tooSlow;
    }

    private ConnectionSettings settings() {
        return Objects.requireNonNull(settings, "configure comes before start");
    }

    /** The answer to a head that never ended. */
    byte[] tooSlow() {
        return tooSlow.get();
    }

    @Override
    protected NioChannel createChannel(SocketBufferHandler buffers) {
        return new ClientConnection(buffers, settings());
    }

    /** Called by the one thread that accepts connections. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        while (connections.size() >= settings().open() && isRunning() && !isPaused()) {
            closeSlowest();
            if (connections.size() >= settings().open()) {
                rest();
            }
        }
        return super.setSocketOptions(socket);
    }

    private static void rest() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeSlowest() {
        List<Waiting> waiting = new ArrayList<>();
        for (SocketWrapperBase<NioChannel> wrapper : connections.values()) {
            if (wrapper.getSocket() instanceof ClientConnection connection) {
                long nanos = connection.nanosWaited();
                if (nanos > GRACE_NANOS) {
                    waiting.add(new Waiting(wrapper, connection, nanos));
                }
            }
        }
        if (System.nanoTime() - logged > NANOS_BETWEEN_LOGS) {
            logged = System.nanoTime();
            LOG.warn(
                    "{} connections are open, as many as may be; the server waits for the clients of"
                            + " {}, and closes the slowest",
                    connections.size(),
                    waiting.size());
        }
        waiting.sort(Comparator.comparingLong(Waiting::nanos).reversed());
        int share = Math.ceilDiv(settings().open(), SHARE);
        waiting.stream()
                .filter(each -> each.connection().isWaiting())
                .limit(share)
                .forEach(this::close);
    }

    private void close(Waiting slow) {
        ReentrantLock lock = slow.wrapper().getLock();
        try {
            if (!lock.tryLock()) { // a thread is in the middle of the request
                slow.connection().endWait();
                return;
            }
            try {
                if (slow.connection().isWaiting()) {
                    if (slow.connection().isInRequest()) {
                        slow.connection().say(tooSlow());
                    }
                    slow.wrapper().close();
                }
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            LOG.debug("the client was faster", e);
        }
    }
}

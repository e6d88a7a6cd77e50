package dev.faultline.api.connections;

import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A client's connection, and how long the server has waited for that client.
 *
 * <p>Waits within a request and its answer are added up: for the rest of the head, for more of the
 * body, for room to write. Tomcat's own time-outs begin anew with every byte, so that a byte a
 * second would never end; here bytes give back only the time that a client of the least rate needs
 * for them. What is left of the patience is the time-out of the next wait.
 *
 * <p>One thread at a time reads and writes; any other may ask how long it has waited, and end it.
 */
final class ClientConnection extends NioChannel {

    private final ConnectionSettings settings;

    /** When the present wait began; 0 if there is none. */
    private volatile long since;

    /** Nanoseconds waited within this request before the present wait, less what was given back. */
    private volatile long spent;

    /** Whether no request has begun since the last answer. */
    private volatile boolean idle;

    /** Whether the present wait is for room to write. */
    private volatile boolean writing;

    private volatile boolean ended;

    ClientConnection(SocketBufferHandler buffers, ConnectionSettings settings) {
        super(buffers);
        this.settings = settings;
    }

    /** Begins anew: Tomcat uses the object for one socket after the other. */
    @Override
    public void reset(@Nullable SocketChannel channel, @Nullable NioSocketWrapper wrapper)
            throws IOException {
        super.reset(channel, wrapper);
        ended = false;
        becomeIdle();
    }

    /** Says that a request has been answered and none has begun. */
    void becomeIdle() {
        idle = true;
        spent = 0;
        since = System.nanoTime();
        NioSocketWrapper wrapper = socketWrapper;
        if (wrapper != null) {
            wrapper.setReadTimeout(settings.idle().toMillis());
            wrapper.setWriteTimeout(settings.patience().toMillis());
        }
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (ended) {
            throw new SocketTimeoutException("the server needs the connection for others");
        }
        int moved = super.read(to);
        count(moved, false);
        return moved;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        if (ended && writing) {
            throw new SocketTimeoutException("the server needs the connection for others");
        }
        boolean wanted = from.hasRemaining();
        int moved = super.write(from);
        if (wanted) {
            count(moved, true);
        }
        return moved;
    }

    /** Counts bytes that have moved, or that none could, in which case a wait begins or goes on. */
    private void count(int moved, boolean written) {
        long now = System.nanoTime();
        if (moved == 0) {
            writing = written;
            since = since == 0 ? now : since;
        } else {
            long waited = since == 0 || idle ? 0 : now - since;
            since = 0;
            idle = false;
            spent = Math.max(0, spent + waited - given(moved));
        }
        allowWaits();
    }

    /** Nanoseconds that a client of the least rate needs for a number of bytes. */
    private long given(int bytes) {
        return Math.max(0, bytes) * 1_000_000_000L / settings.leastRate();
    }

    /** Tells Tomcat how long the next wait may be; it takes 0 for ever. */
    void allowWaits() {
        NioSocketWrapper wrapper = socketWrapper;
        if (wrapper != null) {
            long millis = Math.max(1, nanosLeft() / 1_000_000);
            wrapper.setReadTimeout(millis);
            wrapper.setWriteTimeout(millis);
        }
    }

    private long nanosLeft() {
        long waiting = since == 0 ? 0 : System.nanoTime() - since;
        return settings.patience().toNanos() - spent - waiting;
    }

    /** Whether the server has waited for the client as long as it will in one request. */
    boolean isOutOfPatience() {
        return nanosLeft() <= 0;
    }

    /**
     * Whether the server waits for the client now, and nobody has ended that. It does not if
     * something has come that it has not got to yet.
     */
    boolean isWaiting() {
        return since != 0 && !ended && sc.isRegistered() && (writing || !hasMore());
    }

    private boolean hasMore() {
        try {
            return sc.socket().getInputStream().available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** How long the server has waited for the client, in this request or since the last. */
    long nanosWaited() {
        long began = since;
        return began == 0 ? 0 : spent + System.nanoTime() - began;
    }

    /** Whether the client has sent part of a request, or all of it. */
    boolean isInRequest() {
        return !idle;
    }

    /**
     * Ends the wait of a thread that reads or writes here, which gets an exception; one that reads
     * can still answer.
     */
    void endWait() throws IOException {
        ended = true;
        if (writing) {
            sc.shutdownOutput();
        } else {
            sc.shutdownInput(); // the selector sees it, and wakes the thread
        }
    }

    /** Sends as much of a last word as goes without waiting. */
    void say(byte[] lastWord) throws IOException {
        sc.write(ByteBuffer.wrap(lastWord));
    }
}

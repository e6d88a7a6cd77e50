package dev.faultline.api.connections;

import org.apache.coyote.Adapter;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.function.Supplier;

/**
 * Requests and answers over one connection after another. It tells the {@link ClientConnection}
 * where a request ends, and a client whose request does not come to its end that it was too slow.
 */
final class Exchange extends Http11Processor {

    private final Supplier<byte[]> tooSlow;

    /** {@code tooSlow} makes the answer to a head that never ended. */
    Exchange(AbstractHttp11Protocol<?> protocol, Adapter adapter, Supplier<byte[]> tooSlow) {
        super(protocol, adapter);
        this.tooSlow = tooSlow;
    }

    @Override
    public SocketState service(SocketWrapperBase<?> wrapper) throws IOException {
        int before = answered();
        SocketState state = super.service(wrapper);
        boolean waits = state == SocketState.OPEN || state == SocketState.LONG && !isAsync();
        if (!waits || !(wrapper.getSocket() instanceof ClientConnection connection)) {
            return state;
        }
        if (state == SocketState.OPEN && answered() > before) {
            connection.becomeIdle();
        } else if (connection.isOutOfPatience()) { // a little came, and again, and again
            if (state == SocketState.LONG) {
                connection.say(tooSlow.get());
            }
            return SocketState.CLOSED;
        } else {
            connection.allowWaits(); // Tomcat has set its own
        }
        return state;
    }

    private int answered() {
        return request.getRequestProcessor().getRequestCount();
    }

    /** Tomcat calls this with {@code ERROR} when the rest of a head has not come in time. */
    @Override
    public SocketState process(SocketWrapperBase<?> wrapper, SocketEvent event) throws IOException {
        if (event == SocketEvent.ERROR
                && !isAsync()
                && wrapper.getError() instanceof SocketTimeoutException
                && wrapper.getSocket() instanceof ClientConnection connection) {
            connection.say(tooSlow.get());
        }
        try {
            return super.process(wrapper, event);
        } catch (OutOfMemoryError e) { // which Tomcat would log and forget
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            throw e;
        }
    }
}

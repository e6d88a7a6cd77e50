package dev.faultline.api.connections;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;

import java.util.function.Supplier;

/**
 * HTTP/1.1 over a bounded number of connections, to clients that are not waited for without end.
 * Public, with a constructor without arguments, because Tomcat makes it by its name.
 */
public final class BoundedProtocol extends Http11NioProtocol {

    /** Connections for each processor that is kept for a later request; at most 200 are kept. */
    private static final int CONNECTIONS_A_PROCESSOR = 4;

    private final BoundedEndpoint endpoint;

    /** Makes one without a bound yet; {@link #configure} sets it. */
    public BoundedProtocol() {
        this(new BoundedEndpoint());
    }

    private BoundedProtocol(BoundedEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /**
     * Applies the settings. Call it before the start.
     *
     * @param tooSlow makes the whole answer, head and body, to a request whose head does not end
     */
    public void configure(ConnectionSettings settings, Supplier<byte[]> tooSlow) {
        ConnectionSettings inForce = settings.resolved(Runtime.getRuntime().maxMemory());
        endpoint.configure(inForce, tooSlow);
        setMaxConnections(-1); // the endpoint keeps the bound itself
        setAcceptCount(inForce.backlog());
        setConnectionTimeout(Math.toIntExact(inForce.patience().toMillis()));
        setKeepAliveTimeout(Math.toIntExact(inForce.idle().toMillis()));
        setProcessorCache(Math.clamp(inForce.open() / CONNECTIONS_A_PROCESSOR, 16, 200));
        setProperty("socket.appReadBufSize", Integer.toString(inForce.readBytes()));
    }

    @Override
    public void setAdapter(Adapter adapter) {
        super.setAdapter(new WholeServer(adapter));
    }

    @Override
    protected Processor createProcessor() {
        return new Exchange(this, getAdapter(), endpoint::tooSlow);
    }
}

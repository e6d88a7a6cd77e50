package dev.faultline.api.connections;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.http.parser.AcceptEncoding;

import java.io.IOException;
import java.io.StringReader;
import java.util.Enumeration;
import java.util.function.Supplier;

/**
 * HTTP/1.1 over a bounded number of connections, to clients that are not waited for without end.
 * Public, with a constructor without arguments, because Tomcat makes it by its name.
 */
public final class BoundedProtocol extends Http11NioProtocol {

    /** Connections for each processor that is kept for a later request; at most 200 are kept. */
    private static final int CONNECTIONS_A_PROCESSOR = 4;

    private static final int PARTIAL_CONTENT = 206;
    private static final String ETAG = "ETag";
    private static final String WEAK = "W/";
    private static final String GZIP = "gzip";

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

    /**
     * Compresses what Tomcat would, and answers with a strong entity tag too, which Tomcat leaves
     * as they are. Where an answer is compressed its tag becomes weak: it names what is said, and
     * no longer the bytes that say it. Parts of an answer (206) are parts of these bytes.
     */
    @Override
    public boolean useCompression(Request request, Response response) {
        if (response.getStatus() == PARTIAL_CONTENT || refusesGzip(request)) {
            return false;
        }
        MimeHeaders headers = response.getMimeHeaders();
        String tag = headers.getHeader(ETAG);
        if (tag == null || tag.startsWith(WEAK)) {
            return super.useCompression(request, response);
        }
        headers.setValue(ETAG).setString(WEAK + tag);
        boolean compressed = super.useCompression(request, response);
        if (!compressed || !GZIP.equals(headers.getHeader("Content-Encoding"))) {
            headers.setValue(ETAG).setString(tag);
        }
        return compressed;
    }

    /** Whether the weight of gzip is 0, which Tomcat does not look at. */
    private static boolean refusesGzip(Request request) {
        Enumeration<String> lines = request.getMimeHeaders().values("Accept-Encoding");
        while (lines.hasMoreElements()) {
            try {
                for (AcceptEncoding each :
                        AcceptEncoding.parse(new StringReader(lines.nextElement()))) {
                    if (each.getQuality() == 0 && GZIP.equalsIgnoreCase(each.getEncoding())) {
                        return true;
                    }
                }
            } catch (IOException e) {
                return true; // it cannot be read
            }
        }
        return false;
    }
}

package dev.faultline.api.connections;

import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * Hands {@code OPTIONS *} on as a request for {@code /} that is marked. Tomcat would answer it by
 * itself, with methods that are not those of this service and without the service's headers.
 */
public final class WholeServer implements Adapter {

    /** A request attribute of a request that is about no path, but about the whole server. */
    public static final String ASKED = WholeServer.class.getName() + ".ASKED";

    private static final byte[] ROOT = {'/'};

    private final Adapter adapter;

    WholeServer(Adapter adapter) {
        this.adapter = adapter;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        if ("OPTIONS".equals(request.getMethod()) && request.requestURI().equals("*")) {
            request.setAttribute(ASKED, true);
            request.requestURI().setBytes(ROOT, 0, ROOT.length); // bytes, as Tomcat decodes them
        }
        adapter.service(request, response);
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return adapter.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status)
            throws Exception {
        return adapter.asyncDispatch(request, response, status);
    }

    @Override
    public void log(Request request, Response response, long time) {
        adapter.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        adapter.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return adapter.getDomain();
    }
}

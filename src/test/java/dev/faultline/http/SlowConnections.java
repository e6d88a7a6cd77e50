package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many connections that begin a request and do not go on, or hardly. */
final class SlowConnections implements AutoCloseable {

    /** What a slow client sends at once, and what it sends from time to time. */
    enum Kind {
        SILENT("", ""),
        HEAD("POST /v1/machines HTTP/1.1\r\nHost: h\r\nX-Slow: ", ""),
        DRIPPING_HEAD("POST /v1/machines HTTP/1.1\r\nHost: h\r\nX-Slow: ", "x"),
        BODY(Hostile.head("/v1/machines", Client.JSON) + "Content-Length: 1000\r\n\r\n{'id':", ""),
        DRIPPING_BODY(
                Hostile.head("/v1/machines", Client.JSON) + "Content-Length: 9999\r\n\r\n{'id':",
                " "),
        TRACE(Hostile.head("/v1/traces", Client.LACKEY) + "Content-Length: 1000\r\n\r\n L 100", ""),
        ANSWERED("GET /actuator/health HTTP/1.1\r\nHost: h\r\n\r\n", "");

        private final String first;
        private final String then;

        Kind(String first, String then) {
            this.first = first;
            this.then = then;
        }
    }

    private final int port;
    private final List<SocketChannel> open = new ArrayList<>();

    SlowConnections(int port) {
        this.port = port;
    }

    void open(Kind kind, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            open.add(channel);
            channel.configureBlocking(false);
            send(channel, kind.first);
        }
    }

    /** Each of them sends a little more. */
    void drip(Kind kind) {
        open.forEach(channel -> send(channel, kind.then));
    }

    private static void send(SocketChannel channel, String text) {
        try {
            channel.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        } catch (IOException e) {
            // the server has closed it
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
    }
}

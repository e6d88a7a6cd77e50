package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A connection of its own, over which bytes go as they are. */
public final class Wire implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    private final Socket socket;
    private final InputStream in;

    public Wire(int port) throws IOException {
        socket = new Socket("localhost", port);
        socket.setSoTimeout(PATIENCE);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a request and nothing after it; answers what came back, null if nothing did. */
    static @Nullable Answer exchange(int port, byte[] request) throws IOException {
        try (Wire wire = new Wire(port)) {
            try {
                wire.send(request);
                wire.endOutput();
            } catch (SocketException e) {
                // closed before all was sent: what was answered can still be read
            }
            return wire.read(firstWords(request));
        }
    }

    /** Sends a request and hangs up without waiting for an answer. */
    static void hangUp(int port, byte[] request) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.send(request);
        } catch (SocketException e) {
            // the server was faster
        }
    }

    void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    private static String firstWords(byte[] request) {
        String line = new String(request, ISO_8859_1).lines().findFirst().orElse("");
        int end = line.lastIndexOf(' ');
        String words = end > 0 ? line.substring(0, end) : line;
        return words.length() <= 300 ? words : words.substring(0, 300) + "…";
    }

    /** Reads the next answer that is not an interim one; null if the connection is closed. */
    public @Nullable Answer read(String request) throws IOException {
        try {
            Answer answer = readOne(request);
            while (answer != null && answer.status() < 200) {
                answer = readOne(request);
            }
            return answer;
        } catch (SocketException e) {
            return null; // reset
        }
    }

    private @Nullable Answer readOne(String request) throws IOException {
        String statusLine = line();
        if (statusLine == null) {
            return null;
        }
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            return null; // what HTTP/0.9 answers has no head
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        HttpHeaders all = HttpHeaders.of(headers, (name, value) -> true);
        boolean bodiless =
                request.startsWith("HEAD ") || status < 200 || status == 204 || status == 304;
        return new Answer(request, status, all, bodiless ? new byte[0] : body(all));
    }

    private byte[] body(HttpHeaders headers) throws IOException {
        if (headers.firstValue("Transfer-Encoding").isPresent()) {
            return chunks();
        }
        String length = headers.firstValue("Content-Length").orElse(null);
        return length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line();
            if (size == null) {
                throw new EOFException("an answer was cut off after " + body.size() + " bytes");
            }
            int length = Integer.parseInt(size, 16);
            body.writeBytes(in.readNBytes(length));
            line();
            if (length == 0) {
                return body.toByteArray();
            }
        }
    }

    @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package dev.faultline.bench;

import org.springframework.http.MediaType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Clients that send the same request over and over, and spend little on it themselves. */
final class HttpLoad {

    /** How many requests were answered, and how many a second. */
    record Result(long answered, double rate) {}

    private static final byte[] LENGTH = "\r\ncontent-length: ".getBytes(StandardCharsets.US_ASCII);

    private HttpLoad() {}

    /**
     * Requests that this many keep-alive connections get answered in a time.
     *
     * @param path in which a {@code *} stands for the connection's number
     */
    static Result run(int port, String path, String body, int connections, Duration time)
            throws InterruptedException {
        return run(port, path, "", body, connections, time);
    }

    /**
     * The same, with more headers.
     *
     * @param headers lines that each end with a line break, or ""
     */
    static Result run(
            int port, String path, String headers, String body, int connections, Duration time)
            throws InterruptedException {
        LongAdder answered = new LongAdder();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            String own = path.replace("*", String.valueOf(i));
            byte[] request =
                    (head(own, headers, body.length()) + body).getBytes(StandardCharsets.US_ASCII);
            clients.add(Thread.startVirtualThread(() -> client(port, request, answered, stop)));
        }
        Thread.sleep(time);
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        long all = answered.sum();
        return new Result(all, all * 1e9 / (System.nanoTime() - start));
    }

    private static void client(int port, byte[] request, LongAdder answered, AtomicBoolean stop) {
        byte[] buffer = new byte[1 << 14];
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            while (!stop.get()) {
                out.write(request);
                readAnswer(in, buffer);
                answered.increment();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads an answer that fits the buffer and says how long it is. */
    private static void readAnswer(InputStream in, byte[] buffer) throws IOException {
        int filled = 0;
        int end = -1;
        while (end < 0 || filled < end) {
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read <= 0) {
                throw new IOException("the connection was closed, or the answer is too long");
            }
            filled += read;
            end = end < 0 ? end(buffer, filled) : end;
        }
        if (buffer[9] != '2') {
            throw new IOException(new String(buffer, 0, filled, StandardCharsets.UTF_8));
        }
    }

    /** Where the answer ends, once its head is there; until then -1. */
    private static int end(byte[] buffer, int filled) {
        int length = -1;
        for (int i = 0; i + 3 < filled; i++) {
            if (buffer[i] != '\r') {
                continue;
            }
            if (buffer[i + 2] == '\r') {
                return i + 4 + length;
            }
            if (length < 0 && isLength(buffer, i, filled)) {
                length = number(buffer, i + LENGTH.length);
            }
        }
        return -1;
    }

    private static boolean isLength(byte[] buffer, int at, int filled) {
        for (int i = 0; i < LENGTH.length; i++) {
            if (at + i >= filled || Character.toLowerCase(buffer[at + i]) != LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    private static int number(byte[] buffer, int at) {
        int number = 0;
        for (int i = at; buffer[i] >= '0' && buffer[i] <= '9'; i++) {
            number = 10 * number + buffer[i] - '0';
        }
        return number;
    }

    private static String head(String path, String headers, int length) {
        return "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, headers, MediaType.APPLICATION_JSON_VALUE, length);
    }

    /** Posts JSON, which has to succeed. */
    static void post(int port, String path, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IOException(response.body());
            }
        }
    }
}

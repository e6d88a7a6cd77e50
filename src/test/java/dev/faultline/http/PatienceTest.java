package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** How long does the server wait for a client, and whom does it close when there are too many? */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "faultline.connections.patience=2s",
            "faultline.connections.open=" + PatienceTest.MOST,
            "faultline.hosting.busy-wait=1s",
            "faultline.hosting.waiting=1",
            "faultline.api.event-streams=2",
            "faultline.api.body-bytes=2000",
            "faultline.traces.directory=target/traces-of-tests-${random.uuid}"
        })
@Tag("slow")
@Timeout(60)
class PatienceTest {

    static final int MOST = 12;

    /** Milliseconds within which a client that is too slow is told so, on a busy computer. */
    private static final long SOON = 10_000;

    private static final String HEAD = "POST /v1/machines HTTP/1.1\r\nHost: h\r\nX-Slow: ";

    @LocalServerPort int port;

    private static String post(String path, String type, int length) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: h\r\nContent-Type: "
                + type
                + "\r\nContent-Length: "
                + length
                + "\r\n\r\n";
    }

    /** What is answered to a client that goes on with a piece five times a second. */
    private @Nullable Answer answerTo(String first, String piece) throws Exception {
        long begin = System.nanoTime();
        try (Wire wire = new Wire(port)) {
            wire.send(first);
            Thread dripping = Thread.startVirtualThread(() -> drip(wire, piece));
            Answer answer = wire.read(first.lines().findFirst().orElse(""));
            dripping.interrupt();
            dripping.join();
            long millis = (System.nanoTime() - begin) / 1_000_000;
            assertThat(millis).as("patience was 2 s").isBetween(1_900L, SOON);
            return answer;
        }
    }

    private static void drip(Wire wire, String piece) {
        try {
            while (!piece.isEmpty()) {
                Thread.sleep(200);
                wire.send(piece);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void isTooSlow(@Nullable Answer answer) {
        Answer late = Objects.requireNonNull(answer, "an answer");
        EveryAnswer.check(late);
        late.expectProblem(408, "REQUEST_TIMEOUT");
    }

    @Test
    void aHeadThatDoesNotEnd() throws Exception {
        isTooSlow(answerTo(HEAD, ""));
        isTooSlow(answerTo(HEAD, "x"));
        isTooSlow(answerTo("GET / HT", ""));
        isTooSlow(answerTo(HEAD, "\r\nX: y"));
    }

    @Test
    void noHeadAtAll() throws Exception {
        assertThat(answerTo("", "")).isNull();
        assertThat(answerTo("", "\r\n")).isNull();
    }

    @Test
    void aBodyThatDoesNotEnd() throws Exception {
        for (String piece : List.of("", " ")) {
            isTooSlow(answerTo(post("/v1/machines", Client.JSON, 1000) + "{", piece));
            isTooSlow(answerTo(post("/v1/traces", Client.LACKEY, 1000) + " L 1", piece));
        }
    }

    /** The rest of a body that nobody wants is not waited for either. */
    @Test
    void aBodyThatIsRefusedAndDoesNotEnd() throws Exception {
        try (Wire wire = new Wire(port)) {
            wire.send(post("/v1/machines", Client.JSON, 100_000) + "{");
            Answer answer = Objects.requireNonNull(wire.read("POST /v1/machines"));
            answer.expectProblem(413, "BODY_TOO_LARGE");
            Thread dripping = Thread.startVirtualThread(() -> drip(wire, " "));
            assertThat(wire.read("")).as("after the answer").isNull();
            dripping.interrupt();
        }
    }

    /** 3,000 bytes a second are more than the least rate, however long it takes. */
    @Test
    void aBodyThatComesSlowly() throws Exception {
        String line = " L 1000,1\n".repeat(30);
        int pieces = 50;
        try (Wire wire = new Wire(port)) {
            wire.send(post("/v1/traces", Client.LACKEY, pieces * line.length()));
            for (int i = 0; i < pieces; i++) {
                Thread.sleep(100);
                wire.send(line);
            }
            Answer answer = Objects.requireNonNull(wire.read("POST /v1/traces"));
            answer.expect(201);
        }
    }

    @Test
    void aConnectionWithoutARequestIsKeptLonger() throws Exception {
        try (Wire wire = new Wire(port)) {
            for (int i = 0; i < 2; i++) {
                wire.send("GET /actuator/health HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(wire.read("GET /actuator/health")).isNotNull();
                Thread.sleep(3_500);
            }
        }
    }

    /** The answer is larger than what the sockets hold. */
    @Test
    void anAnswerThatIsNotRead() throws Exception {
        Client client = Client.of(port);
        String big = client.machine("{'frames': 200000}");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("localhost", port));
            String request = "GET " + big + "/frames?limit=10000 HTTP/1.1\r\nHost: h\r\n\r\n";
            socket.getOutputStream().write(request.repeat(20).getBytes(ISO_8859_1));
            Thread.sleep(SOON / 2);
            assertThat(readToEnd(socket)).isLessThan(20L * 1_000_000);
        }
        client.delete(big).expect(204);
    }

    /** Bytes until the connection is closed, or reset. */
    private static long readToEnd(Socket socket) throws IOException {
        long count = 0;
        byte[] bytes = new byte[1 << 16];
        InputStream in = socket.getInputStream();
        try {
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                count += read;
            }
        } catch (SocketException e) {
            // reset
        }
        return count;
    }

    /** Of too many connections, the one that the server has waited for longest goes. */
    @Test
    void theSlowestMakesRoom() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try (Wire slowest = new Wire(port)) {
            slowest.send(HEAD);
            Thread.sleep(500);
            for (int i = 0; i < MOST; i++) {
                Wire wire = new Wire(port);
                wires.add(wire);
                wire.send("GET /actuator/health HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(wire.read("GET /actuator/health")).as("connection %d", i).isNotNull();
            }
            isTooSlow(slowest.read("POST /v1/machines"));
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    /** A body that is waited for is ended too, by an answer. */
    @Test
    void aWaitForABodyMakesRoom() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * MOST; i++) {
                Wire wire = new Wire(port);
                wires.add(wire);
                wire.send(post("/v1/traces", Client.LACKEY, 1000) + " L 1");
            }
            isTooSlow(wires.getFirst().read("POST /v1/traces"));
            assertThat(Client.of(port).get("/actuator/health").status()).isEqualTo(200);
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    /** A machine goes on beside a stream that nobody reads, and the stream gives up its place. */
    @Test
    void aStreamThatIsNotReadHoldsNothingUp() throws Exception {
        Client client = Client.of(port);
        String machine = client.machineWithProcess("{'frames': 2, 'limits': {'events': 65536}}");
        String trace = "1,2,3,4,5,6,7,8,".repeat(1000);
        byte[] pages = trace.substring(0, trace.length() - 1).getBytes(ISO_8859_1);
        try (Socket first = unread(machine);
                Socket second = unread(machine)) {
            for (int i = 0; i < 10; i++) {
                long begin = System.nanoTime();
                client.send("POST", machine + "/processes/1/trace", "text/x-pages", pages)
                        .expect(200);
                assertThat(System.nanoTime() - begin).isLessThan(SOON * 1_000_000);
            }
            Thread.sleep(SOON / 2);
            assertThat(readToEnd(first)).isPositive();
            assertThat(readToEnd(second)).isPositive();
        }
        try (Socket third = unread(machine)) {
            byte[] status = third.getInputStream().readNBytes(12);
            assertThat(new String(status, ISO_8859_1)).isEqualTo("HTTP/1.1 200");
        }
        client.delete(machine).expect(204);
    }

    private Socket unread(String machine) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("localhost", port));
        String head = "GET " + machine + "/events HTTP/1.1\r\nHost: h\r\n";
        socket.getOutputStream()
                .write((head + "Accept: text/event-stream\r\n\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    @Test
    void aTraceThatFallsSilentSaysHowFarItCame() throws Exception {
        Client client = Client.of(port);
        String machine = client.machineWithProcess("{}");
        try (Wire wire = new Wire(port)) {
            wire.send(post(machine + "/processes/1/trace", Client.LACKEY, 1000) + " L 1,1\n");
            Answer answer = Objects.requireNonNull(wire.read("POST trace"));
            EveryAnswer.check(answer);
            answer.expectProblem(408, "REQUEST_TIMEOUT");
            assertThat(answer.number("/accesses")).isEqualTo(1);
            assertThat(answer.number("/version")).isEqualTo(client.version(machine)).isEqualTo(3);
            assertThat(answer.version()).isEqualTo(3);
        }
        client.access(machine, "read 0x0");
        client.delete(machine).expect(204);
    }

    /** Of those who wait for a machine, only so many do; the others are told at once. */
    @Test
    void fewWaitForAMachine() throws Exception {
        Client client = Client.of(port);
        String machine = client.machineWithProcess("{}");
        String path = machine + "/processes/1/trace";
        try (Wire holder = new Wire(port);
                Wire first = new Wire(port);
                Wire second = new Wire(port)) {
            holder.send(post(path, Client.LACKEY, 1000) + " L 1,1\n");
            Thread.sleep(300); // the machine is its now
            first.send(post(machine + "/processes", Client.JSON, 2) + "{}");
            Thread.sleep(300);
            second.send(post(machine + "/processes", Client.JSON, 2) + "{}");
            Answer refused = Objects.requireNonNull(second.read("POST processes"));
            refused.expectProblem(429, "MACHINE_BUSY");
            Answer waited = Objects.requireNonNull(first.read("POST processes"));
            assertThat(waited.status()).isIn(201, 429);
        }
        client.delete(machine).expect(204);
    }

    /** The streams of operations keep their connections as those of machines do. */
    @Test
    void allStreamsShareTheirPlaces() throws Exception {
        Client client = Client.of(port);
        String machine = client.machine("{}");
        Answer sweep = client.post("/v1/sweeps", "{'pages': [1]}", "Prefer", "respond-async");
        String operation = "/v1/operations/" + sweep.expect(202).text("/id");
        String streamed = "text/event-stream";
        try (Wire first = new Wire(port);
                Wire second = new Wire(port)) {
            for (Wire wire : List.of(first, second)) {
                wire.send("GET " + machine + "/events HTTP/1.1\r\nHost: h\r\n");
                wire.send("Accept: " + streamed + "\r\n\r\n");
                assertThat(wire.line()).startsWith("HTTP/1.1 200");
            }
            Answer refused = client.get(operation, "Accept", streamed);
            refused.expectProblem(429, "TOO_MANY_STREAMS");
        }
        client.delete(machine).expect(204);
    }
}

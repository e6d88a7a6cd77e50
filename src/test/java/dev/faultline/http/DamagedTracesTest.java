package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.faultline.hosting.TraceSettings;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A stored trace that was changed on the disk is never answered from. */
@Tag("slow")
class DamagedTracesTest extends HttpTest {

    @Autowired TraceSettings settings;

    /** Stores a trace of 20,000 accesses that no other test has. Answers its id. */
    private String store() {
        return store(4);
    }

    /** The same of accesses of so many bytes. */
    private String store(int size) {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            trace.append(" S ")
                    .append(Integer.toHexString(0x7000000 + 4096 * (i % 77)))
                    .append(",")
                    .append(size)
                    .append("\n");
        }
        return client.postText("/v1/traces", Client.LACKEY, trace.toString()).text("/id");
    }

    private FileChannel file(String id) throws IOException {
        Path file = Path.of(settings.directory(), id + ".trace");
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    private void flip(String id) throws IOException {
        try (FileChannel file = file(id)) {
            file.write(ByteBuffer.wrap(new byte[] {9}), 64 + 8 * 15_000);
        }
    }

    private void cut(String id) throws IOException {
        try (FileChannel file = file(id)) {
            file.truncate(64 + 8 * 10_000);
        }
    }

    private static void isDamaged(Answer answer) {
        answer.expectProblem(410, "TRACE_DAMAGED");
        assertThat(answer.text("/detail")).contains("store it again");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyUserIsTold(boolean cut) throws IOException {
        String id = store();
        String machine = client.machineWithProcess("{'addressBits': 48}");
        String program = "{'program': {'trace': '" + id + "'}}";
        int pid = (int) client.post(machine + "/processes", program).expect(201).number("/pid");
        if (cut) {
            cut(id);
        } else {
            flip(id);
        }
        String trace = "/v1/traces/" + id;
        isDamaged(client.get(trace + "/content"));
        isDamaged(client.get(trace + "/content", "Accept", "text/x-lackey"));
        isDamaged(client.get(trace + "/miss-ratios"));
        isDamaged(client.get(trace + "/miss-ratios?policy=optimal"));
        isDamaged(client.get(trace + "/miss-ratios?rate=0.5"));
        isDamaged(client.get(trace + "/working-sets"));
        isDamaged(client.get(trace + "/reuse-distances"));
        isDamaged(client.post("/v1/sweeps", "{'trace': '" + id + "', 'frames': [4, 8]}"));
        isDamaged(
                client.post(
                        "/v1/sweeps",
                        "{'trace': '" + id + "', 'policies': ['optimal'], 'frames': [4]}"));
        assertThat(pid).isEqualTo(2);
        isDamaged(client.post(machine + "/run", "{'until': 'done'}"));
        Answer behind =
                client.post("/v1/sweeps", "{'trace': '" + id + "'}", "Prefer", "respond-async");
        assertThat(failureOf(behind.expect(202).text("/id"))).contains("store it again");
        assertThat(store()).as("stored again").isEqualTo(id);
        client.get(trace + "/content").expect(200);
        client.delete(trace).expect(204);
    }

    /** What is lost is the trace, and not the machine that ran it. */
    @Test
    void aMachineStopsBetweenTwoAccesses() throws IOException {
        String id = store();
        String machine = client.machine("{'addressBits': 48}");
        String program = "{'program': {'trace': '" + id + "'}}";
        client.post(machine + "/processes", program).expect(201);
        client.post(machine + "/run", "{'until': {'accesses': 100}}").expect(200);
        flip(id);
        Answer cut = client.post(machine + "/run", "{}");
        isDamaged(cut);
        long made = cut.number("/accesses");
        assertThat(made).isPositive();
        assertThat(client.get("/v1/traces").at("/damaged").toString()).contains(id);
        isDamaged(client.get("/v1/traces/" + id));
        Answer shown = client.get(machine).expect(200);
        assertThat(shown.number("/counters/accesses")).isEqualTo(100 + made);
        assertThat(shown.number("/version")).isEqualTo(cut.number("/version")).isEqualTo(4);
        assertThat(shown.isNull("/quarantine")).isTrue();
        Answer again = client.post(machine + "/run", "{}");
        isDamaged(again);
        assertThat(again.json().has("version")).as("nothing was done").isFalse();
        assertThat(client.version(machine)).isEqualTo(4);
        String clone = "/v1/machines/" + client.post(machine + "/clone").expect(201).text("/id");
        assertThat(client.digest(clone)).isEqualTo(client.digest(machine));
        assertThat(store()).isEqualTo(id);
        client.post(machine + "/run", "{}").expect(200);
        client.post(clone + "/run", "{'until': {'accesses': 7}}").expect(200);
        client.post(clone + "/run", "{}").expect(200);
        assertThat(client.digest(clone)).isEqualTo(client.digest(machine));
        assertThat(client.get(machine).number("/counters/accesses")).isEqualTo(20_000);
        client.delete("/v1/traces/" + id).expect(204);
    }

    /**
     * Optimal reads the programs before the run, one after the other; those whose accesses may
     * cross pages are counted before.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void whatWasForeseenOfARunThatCannotBeginIsForgotten(int size) throws IOException {
        String id = store(size);
        String machine =
                client.machine("{'frames': 4, 'replacement': {'policy': 'optimal'}, 'tlb': null}");
        client.post(
                        machine + "/processes",
                        "{'program': {'accesses': [{'op': 'read', 'address': 0}]}}")
                .expect(201);
        client.access(machine, "write 0x0", "write 0x1000", "write 0x2000", "write 0x3000");
        client.post(machine + "/processes", "{'program': {'trace': '" + id + "'}}").expect(201);
        long version = client.version(machine);
        JsonNode before = client.get(machine + "/replacement").json();
        flip(id);
        isDamaged(client.post(machine + "/run", "{}"));
        Answer shown = client.get(machine).expect(200);
        assertThat(shown.number("/version")).isEqualTo(version);
        assertThat(shown.isNull("/quarantine")).isTrue();
        assertThat(client.get(machine + "/replacement").json()).isEqualTo(before);
        String clone = "/v1/machines/" + client.post(machine + "/clone").expect(201).text("/id");
        assertThat(client.digest(clone)).isEqualTo(client.digest(machine));
        client.delete("/v1/traces/" + id).expect(204);
    }

    private String failureOf(String operation) {
        Answer shown = client.get("/v1/operations/" + operation);
        while (shown.text("/state").equals("running")) {
            shown = client.get("/v1/operations/" + operation);
        }
        return shown.text("/failure");
    }

    /** What has begun to be answered cannot become a problem; it must not look whole either. */
    @Test
    void anAnswerUnderWayIsBrokenOff() throws Exception {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            trace.append(" L 7770").append(Integer.toHexString(i % 999 << 12)).append(",1\n");
        }
        Answer stored = client.postText("/v1/traces", Client.LACKEY, trace.toString());
        String id = stored.expect(201).text("/id");
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            String line = "GET /v1/traces/" + id + "/content HTTP/1.1\r\n";
            String head = line + "Host: h\r\nAccept: " + Client.NDJSON + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(US_ASCII));
            byte[] begin = socket.getInputStream().readNBytes(1000);
            assertThat(new String(begin, US_ASCII)).startsWith("HTTP/1.1 200");
            try (FileChannel file = file(id)) {
                file.truncate(64);
            }
            String rest = new String(readToEnd(socket), US_ASCII);
            assertThat(rest).doesNotContain("TRACE_DAMAGED").doesNotEndWith("0\r\n\r\n");
        }
        client.delete("/v1/traces/" + id).expect(204);
    }

    private static byte[] readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException e) {
            // reset
        }
        return all.toByteArray();
    }
}

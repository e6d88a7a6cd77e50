package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

import java.io.IOException;
import java.time.Duration;

/**
 * What becomes of a long change when its client falls silent, or its machine is reset or deleted.
 */
@Tag("slow")
@TestPropertySource(properties = "server.tomcat.connection-timeout=3s")
class EndedChangesTest extends HttpTest {

    private static final String LINES = " L 1000,1\n".repeat(20_000);

    /** Accesses of the whole blocks of 8192 in these lines; the rest waits for more. */
    private static final long WHOLE_BLOCKS = 16_384;

    private static final Duration SOON = Duration.ofSeconds(2);

    /** A program that no test waits for. */
    private static final String ENDLESS =
            "{'program': {'generator': {'kind': 'random', 'pages': 100, 'accesses': 1000000000000}}}";

    private static String head(String machine) {
        return "POST "
                + machine
                + "/processes/1/trace HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: text/x-lackey\r\nTransfer-Encoding: chunked\r\n\r\n";
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** A trace that has begun and does not go on. */
    private Wire silent(String machine) throws IOException {
        Wire wire = new Wire(port);
        wire.send(head(machine) + chunk(LINES));
        while (accesses(machine) < WHOLE_BLOCKS) {
            Thread.onSpinWait();
        }
        return wire;
    }

    private long accesses(String machine) {
        return client.get(machine + "/counters").number("/accesses");
    }

    @Test
    void aResetEndsATrace() throws IOException {
        String machine = client.machineWithProcess("{}");
        try (Wire wire = silent(machine)) {
            long made = accesses(machine);
            long begun = System.nanoTime();
            Answer reset = client.post(machine + "/reset").expect(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
            assertThat(reset.version()).isEqualTo(4);
            client.post(machine + "/processes").expect(201);
            wire.send(chunk(LINES));
            Answer cut = requireNonNull(wire.read("POST trace"));
            EveryAnswer.check(cut);
            cut.expectProblem(409, "REQUEST_INTERRUPTED");
            assertThat(cut.number("/accesses")).isEqualTo(made);
            assertThat(cut.number("/version")).isEqualTo(3);
        }
        assertThat(accesses(machine)).isZero();
        assertThat(client.version(machine)).isEqualTo(5);
    }

    @Test
    void aDeleteEndsATrace() throws IOException {
        String machine = client.machineWithProcess("{}");
        try (Wire wire = silent(machine)) {
            long begun = System.nanoTime();
            client.delete(machine, "If-Match", "\"v1\"").expectProblem(412, "VERSION_MISMATCH");
            client.delete(machine).expect(204);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
            wire.send(chunk(LINES));
            Answer cut = requireNonNull(wire.read("POST trace"));
            cut.expectProblem(409, "REQUEST_INTERRUPTED");
            assertThat(cut.number("/version")).isEqualTo(3);
        }
        client.get(machine).expect(404);
    }

    @Test
    void aResetEndsAnOperationThatRuns() throws InterruptedException {
        String machine = client.machine("{}");
        client.post(machine + "/processes", ENDLESS).expect(201);
        String operation = startRun(machine);
        long begun = System.nanoTime();
        client.post(machine + "/reset").expect(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        Answer ended = ended(operation);
        assertThat(ended.text("/state")).isEqualTo("cancelled");
        assertThat(ended.text("/failure")).contains("was reset or deleted after");
        assertThat(client.get(machine + "/processes").at("/processes")).isEmpty();
    }

    @Test
    void aDeleteEndsAnOperationThatRuns() throws InterruptedException {
        String machine = client.machine("{}");
        client.post(machine + "/processes", ENDLESS).expect(201);
        String operation = startRun(machine);
        long begun = System.nanoTime();
        client.delete(machine).expect(204);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        assertThat(ended(operation).text("/state")).isEqualTo("cancelled");
    }

    /** Each choice looks at all frames: what is cut is cut between two of them, not at the end. */
    @Test
    void whatChoosesSlowlyIsEndedToo() throws InterruptedException {
        String machine = client.machine("{'frames': 200000, 'replacement': {'policy': 'aging'}}");
        client.post(
                        machine + "/processes",
                        "{'program': {'generator': {'kind': 'loop', 'pages': 400000,"
                                + " 'accesses': 1000000000}}}")
                .expect(201);
        String operation = startRun(machine);
        while (client.get(machine + "/counters").number("/evictions") < 100) {
            Thread.sleep(10);
        }
        long begun = System.nanoTime();
        client.delete(machine).expect(204);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        assertThat(ended(operation).text("/state")).isEqualTo("cancelled");
    }

    /** A run of which nobody said that it is long is waited for, until it is. */
    @Test
    void aRunThatTurnsOutToBeLongGoesOnBehindTheAnswer() throws InterruptedException {
        String machine = client.machine("{}");
        client.post(machine + "/processes", ENDLESS).expect(201);
        client.post(machine + "/run", "{'until': {'ticks': 100000}}").expect(200);
        Answer fault = client.post(machine + "/run", "{'until': {'fault': true}}").expect(200);
        assertThat(fault.version()).isEqualTo(fault.number("/version"));
        Answer accepted = client.post(machine + "/run", "{}").expect(202);
        String operation = requireNonNull(accepted.header("Location"));
        assertThat(client.get(operation).text("/state")).isEqualTo("running");
        client.post(operation + "/cancel").expect(200);
        assertThat(ended(operation).text("/state")).isEqualTo("cancelled");
        client.access(machine, "read 0x0");
    }

    private String startRun(String machine) {
        Answer accepted =
                client.post(machine + "/run", "{}", "Prefer", "respond-async").expect(202);
        while (accesses(machine) == 0) {
            Thread.onSpinWait();
        }
        return requireNonNull(accepted.header("Location"));
    }

    private Answer ended(String operation) throws InterruptedException {
        Answer shown = client.get(operation).expect(200);
        for (int i = 0; i < 200 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(20);
            shown = client.get(operation).expect(200);
        }
        return shown;
    }
}

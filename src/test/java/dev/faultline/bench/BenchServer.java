package dev.faultline.bench;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A service in a process of its own, so that its clients do not share its heap and compiler. */
record BenchServer(Process process, int port) implements AutoCloseable {

    /**
     * Starts a service and waits until it answers.
     *
     * @param main whose main method runs it
     */
    static BenchServer start(Class<?> main, String... options) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName(),
                                "--server.address=127.0.0.1",
                                "--server.port=" + port,
                                "--logging.level.root=warn",
                                "--faultline.traces.directory=target/traces-of-bench-" + port));
        command.addAll(Arrays.asList(options));
        BenchServer server = new BenchServer(new ProcessBuilder(command).inheritIO().start(), port);
        server.awaitAnswer();
        return server;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private void awaitAnswer() throws Exception {
        for (int i = 0; i < 600 && process.isAlive(); i++) {
            try {
                HttpURLConnection asked =
                        (HttpURLConnection) uri("/actuator/health").toURL().openConnection();
                if (asked.getResponseCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // it does not listen yet
            }
            Thread.sleep(100);
        }
        throw new IOException("the server did not start");
    }

    /** Processor time that it has used since it started. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}

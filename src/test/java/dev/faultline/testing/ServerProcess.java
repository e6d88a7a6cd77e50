package dev.faultline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The service in a process of its own, as {@code java -jar} starts it, for tests of what happens to
 * a process: little memory, a kill, a full disk. It listens on a free port of the loopback address.
 * Whatever the test is about, there must be no secret in the log in the end.
 */
public final class ServerProcess implements AutoCloseable {

    private static final Duration TO_START = Duration.ofMinutes(2);

    private static final String ADMIN_KEY = "--faultline.security.admin-key=";

    /** Keys as the service makes them, and signed tokens. */
    private static final String SECRETS =
            "fl_[a-z0-9]{8}_[\\w-]{20,}|eyJ[\\w-]{8,}\\.[\\w-]+\\.[\\w-]+";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;
    private final Path log;
    private final Pattern secrets;

    private ServerProcess(Process process, int port, Path log, List<String> settings) {
        this.process = process;
        this.port = port;
        this.log = log;
        secrets = Pattern.compile(SECRETS + adminKeys(settings));
    }

    /** Matches the admin's keys among the settings, if there are any. */
    private static String adminKeys(List<String> settings) {
        return settings.stream()
                .filter(each -> each.startsWith(ADMIN_KEY))
                .map(each -> "|" + Pattern.quote(each.substring(ADMIN_KEY.length())))
                .collect(Collectors.joining());
    }

    /** What runs: the jar of the property {@code jar}, or else the classes under test. */
    private static List<String> program() {
        String jar = System.getProperty("jar", "");
        return jar.isEmpty()
                ? List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.faultline.FaultlineApplication")
                : List.of("-jar", jar);
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param folder where it keeps its log and its traces
     * @param jvm options of the JVM, such as {@code -Xmx256m}
     * @param settings as {@code --name=value}
     */
    public static ServerProcess start(Path folder, List<String> jvm, List<String> settings)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(program());
        command.add("--server.port=" + port);
        command.add("--server.address=127.0.0.1");
        command.add("--faultline.traces.directory=" + folder.resolve("traces"));
        command.addAll(settings);
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        ServerProcess server = new ServerProcess(process, port, log, settings);
        try {
            server.awaitHealth(TO_START);
        } catch (Throwable e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitHealth(Duration most) throws IOException, InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            try {
                health(Duration.ofSeconds(5));
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("the server did not start:\n" + log(), e);
                }
                Thread.sleep(100);
            }
        }
    }

    public int port() {
        return port;
    }

    /** The number of its process. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to its console. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Asks for its health over a connection of its own. Answers how long that took. */
    public Duration health(Duration most) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (HttpClient own = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = own.send(get("/actuator/health", most), body());
            if (answer.statusCode() != 200) {
                throw new IOException("health is " + answer.statusCode() + " " + answer.body());
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** A GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(get(path, Duration.ofSeconds(60)), body());
    }

    private HttpRequest get(String path, Duration most) {
        return HttpRequest.newBuilder(uri(path)).timeout(most).build();
    }

    /** A POST of a body of some type. */
    public HttpResponse<String> post(String path, String type, String text)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri(path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(text))
                        .build();
        return http.send(request, body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static HttpResponse.BodyHandler<String> body() {
        return HttpResponse.BodyHandlers.ofString();
    }

    /** Kills it as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until it has ended by itself. Answers its status. */
    public int awaitEnd(Duration most) throws IOException, InterruptedException {
        if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("the server goes on:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        http.close();
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        checkNoSecretIsLogged();
    }

    private void checkNoSecretIsLogged() {
        try {
            Matcher secret = secrets.matcher(log());
            if (secret.find()) {
                throw new AssertionError("the log has a secret: " + secret.group());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Prometheus server of our own, run with the project's configuration. */
final class Prometheus implements AutoCloseable {

    static final Path CONFIGURATION = Path.of("watching/prometheus.yml");

    private static final Pattern INTERVAL = Pattern.compile("scrape_interval: (\\d+)s");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final URI address;

    /** A series with its value now. */
    record Sample(Map<String, String> labels, double value) {}

    private Prometheus(Process process, Path log, URI address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts it and waits until it answers. It keeps all its files in the folder. */
    static Prometheus start(Path program, String configuration, Path folder)
            throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), configuration);
        Path log = folder.resolve("log");
        String listen = "127.0.0.1:" + freePort();
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "--config.file=" + config,
                                "--storage.tsdb.path=" + folder.resolve("data"),
                                "--web.listen-address=" + listen,
                                "--log.level=warn")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Prometheus started = new Prometheus(process, log, URI.create("http://" + listen));
        try {
            started.awaitReady();
        } catch (Throwable e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!isReady()) {
            assertThat(process.isAlive() && Instant.now().isBefore(deadline))
                    .as("Prometheus is on its way; its log:%n%s", Files.readString(log))
                    .isTrue();
            Thread.sleep(100);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** How often it scrapes, in seconds. */
    static int scrapeInterval(String configuration) {
        Matcher interval = INTERVAL.matcher(configuration);
        assertThat(interval.find()).as("a scrape interval in seconds").isTrue();
        return Integer.parseInt(interval.group(1));
    }

    /** Evaluates an expression now. Fails on an error. */
    List<Sample> query(String expression) throws IOException, InterruptedException {
        JsonNode data = data("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        assertThat(data.path("resultType").asString()).as(expression).isEqualTo("vector");
        return data.path("result").valueStream().map(Prometheus::sample).toList();
    }

    private static Sample sample(JsonNode json) {
        Map<String, String> labels = new TreeMap<>();
        json.path("metric").forEachEntry((name, value) -> labels.put(name, value.asString()));
        return new Sample(labels, number(json.path("value").path(1).asString()));
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** What it scrapes: the targets as its API has them. */
    List<JsonNode> targets() throws IOException, InterruptedException {
        return data("/api/v1/targets?state=active").path("activeTargets").valueStream().toList();
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(200);
        JsonNode body = JsonMapper.shared().readTree(response.body());
        assertThat(body.path("status").asString()).as(response.body()).isEqualTo("success");
        return body.path("data");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(path))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws InterruptedException {
        client.close();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}

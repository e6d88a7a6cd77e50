package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.FaultlineApplication;
import dev.faultline.testing.OutsideProgram;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a scrape looks like after every endpoint has been called: how large, and is it in order? */
@Tag("slow")
class ScrapeTest {

    private static final int MOST_BYTES = 150_000;
    private static final String MACHINE = "/v1/machines/m1";
    private static final Set<String> BODIES = Set.of("post", "put", "patch");

    @TempDir static Path folder;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static @Nullable ConfigurableApplicationContext context;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        context =
                SpringApplication.run(
                        FaultlineApplication.class,
                        "--server.port=0",
                        "--faultline.traces.directory=" + folder);
        JsonNode document = JsonMapper.shared().readTree(send("GET", "/v3/api-docs", "").body());
        assertThat(document.path("paths").size()).isGreaterThan(50);
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (String method : path.getValue().propertyNames()) {
                callInEveryWay(method, path.getKey());
            }
        }
    }

    /** Well and badly, of a machine that is there and of one that is not, and wanting a picture. */
    private static void callInEveryWay(String method, String template)
            throws IOException, InterruptedException {
        String path =
                template.replace("{machine}", "m1")
                        .replace("{pid}", "1")
                        .replaceAll("\\{[^}]+}", "x");
        send("POST", "/v1/machines", "{\"id\": \"m1\", \"frames\": 8}");
        send("POST", MACHINE + "/processes", "{}");
        String name = method.toUpperCase(java.util.Locale.ROOT);
        String body = BODIES.contains(method) ? "{}" : "";
        send(name, path.replace("m1", "m2"), body);
        send(name, path, BODIES.contains(method) ? "[]" : "");
        send(name, path, body, "Accept", "image/png");
        send(name, path, body);
    }

    private static HttpResponse<String> send(
            String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        int port =
                Integer.parseInt(
                        Objects.requireNonNull(
                                Objects.requireNonNull(context)
                                        .getEnvironment()
                                        .getProperty("local.server.port")));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    @AfterAll
    static void stop() {
        if (context != null) {
            context.close();
        }
    }

    @Test
    void theServicesScrapeIsSmall() throws IOException, InterruptedException {
        String scrape = send("GET", "/actuator/prometheus", "").body();
        assertThat(scrape.lines().filter(line -> line.startsWith("http_server_requests_")))
                .hasSizeGreaterThan(500);
        assertThat(scrape.lines().filter(line -> line.startsWith("http_server_responses_total{")))
                .hasSizeGreaterThan(150);
        assertThat(scrape.getBytes(UTF_8).length).isLessThan(MOST_BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/prometheus", MACHINE + "/metrics"})
    void promtoolFindsNothingWrong(String path) throws IOException, InterruptedException {
        Path promtool = OutsideProgram.require("promtool");
        send("POST", "/v1/machines", "{\"id\": \"m1\", \"frames\": 8}");
        HttpResponse<String> scrape = send("GET", path, "");
        assertThat(scrape.statusCode()).isEqualTo(200);
        Path output = folder.resolve("promtool");
        Process process =
                new ProcessBuilder(promtool.toString(), "check", "metrics")
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try (var in = process.outputWriter(UTF_8)) {
            in.write(scrape.body());
        }
        assertThat(process.waitFor()).as(java.nio.file.Files.readString(output)).isZero();
    }
}

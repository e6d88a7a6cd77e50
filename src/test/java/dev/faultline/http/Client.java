package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * Sends requests to the server under test. Every answer is checked against what holds for all.
 * Headers are given in pairs. JSON may be written with ' for ".
 */
final class Client {

    static final String JSON = "application/json";
    static final String NDJSON = "application/x-ndjson";
    static final String LACKEY = "text/x-lackey";
    static final String BINARY = "application/octet-stream";

    private static final Map<Integer, Client> CLIENTS = new ConcurrentHashMap<>();

    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ApiDocument document;

    private Client(int port) {
        this.port = port;
        Answer answer = exchange("GET", "/v3/api-docs", BodyPublishers.noBody()).expect(200);
        document = new ApiDocument(answer.json());
    }

    static Client of(int port) {
        return CLIENTS.computeIfAbsent(port, Client::new);
    }

    ApiDocument document() {
        return document;
    }

    Answer get(String path, String... headers) {
        return checked("GET", path, exchange("GET", path, BodyPublishers.noBody(), headers));
    }

    Answer head(String path, String... headers) {
        return checked("HEAD", path, exchange("HEAD", path, BodyPublishers.noBody(), headers));
    }

    Answer delete(String path, String... headers) {
        return checked("DELETE", path, exchange("DELETE", path, BodyPublishers.noBody(), headers));
    }

    /** A POST without a body. */
    Answer post(String path) {
        return checked("POST", path, exchange("POST", path, BodyPublishers.noBody()));
    }

    /** A POST of JSON. */
    Answer post(String path, String json, String... headers) {
        return send("POST", path, JSON, json.replace('\'', '"').getBytes(UTF_8), headers);
    }

    /** A PUT of JSON. */
    Answer put(String path, String json, String... headers) {
        return send("PUT", path, JSON, json.replace('\'', '"').getBytes(UTF_8), headers);
    }

    /** A POST of any type of text. */
    Answer patch(String path, String json, String... headers) {
        return send("PATCH", path, JSON, json.replace('\'', '"').getBytes(UTF_8), headers);
    }

    /** A POST of any type of text. */
    Answer postText(String path, String mediaType, String text, String... headers) {
        return send("POST", path, mediaType, text.getBytes(UTF_8), headers);
    }

    Answer send(String method, String path, String mediaType, byte[] body, String... headers) {
        Answer answer = send(method, path, mediaType, BodyPublishers.ofByteArray(body), headers);
        if (answer.status() < 300 && path.startsWith("/v1/")) {
            document.checkRequest(method, path, mediaType, body);
        }
        return answer;
    }

    /** Sends a body that need not be held, or does not say how long it is. */
    Answer send(
            String method, String path, String mediaType, BodyPublisher body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", mediaType));
        all.addAll(List.of(headers));
        return checked(method, path, exchange(method, path, body, all.toArray(new String[0])));
    }

    private Answer checked(String method, String path, Answer answer) {
        EveryAnswer.check(answer);
        if (path.startsWith("/v1/") && !path.equals("/v1/")) {
            document.checkAnswer(method, path, answer);
        }
        return answer;
    }

    private Answer exchange(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = request(path, headers).method(method, body);
        try {
            HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(
                    method + " " + path,
                    response.statusCode(),
                    response.headers(),
                    unpacked(response));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The body as it was before it was compressed, where it is. */
    private static byte[] unpacked(HttpResponse<byte[]> response) throws IOException {
        boolean packed = response.headers().firstValue("Content-Encoding").isPresent();
        if (!packed || response.body().length == 0) {
            return response.body();
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            return in.readAllBytes();
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .timeout(Duration.ofMinutes(3));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request;
    }

    /** An open event stream. */
    HttpResponse<InputStream> openStream(String path, String... headers)
            throws IOException, InterruptedException {
        return http.send(
                request(path, headers).header("Accept", "text/event-stream").build(),
                BodyHandlers.ofInputStream());
    }

    /** Reads so many events from a stream, as lines with their names, and closes it. */
    List<String> readStream(String path, int count, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = openStream(path, headers);
        assertThat(response.statusCode()).as("%s", path).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
            int events = 0;
            while (events < count) {
                String line = String.valueOf(reader.readLine());
                if (line.isEmpty() && !lines.isEmpty()) {
                    events++;
                } else if (!line.isEmpty() && !line.startsWith(":")) {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    // ---- what most tests begin with

    /** Makes a machine; answers its path. */
    String machine(String json) {
        return "/v1/machines/" + post("/v1/machines", json).expect(201).text("/id");
    }

    /** Makes a machine with a process whose areas are the whole space; answers its path. */
    String machineWithProcess(String json) {
        String machine = machine(json);
        post(machine + "/processes").expect(201);
        return machine;
    }

    /**
     * Issues accesses by process 1, each as {@code op address [size [value]]}; the answer is 200.
     */
    Answer access(String machine, String... accesses) {
        return access(machine, 1, accesses);
    }

    Answer access(String machine, int pid, String... accesses) {
        return post(machine + "/processes/" + pid + "/accesses", batch(accesses)).expect(200);
    }

    static String batch(String... accesses) {
        List<String> objects = new ArrayList<>();
        for (String access : accesses) {
            objects.add(accessObject(access));
        }
        return "{'accesses': [" + String.join(", ", objects) + "]}";
    }

    /** An access object, with ' for ". */
    static String accessObject(String access) {
        List<String> words = List.of(access.split(" ", -1));
        String object = "{'op': '" + words.get(0) + "', 'address': '" + words.get(1) + "'";
        object += words.size() > 2 ? ", 'size': " + words.get(2) : "";
        object += words.size() > 3 ? ", 'value': " + words.get(3) : "";
        return object + "}";
    }

    /** Deletes the machines whose ids are meant, without looking at the answers closely. */
    void deleteMachines(Predicate<String> meant) {
        BodyPublisher none = BodyPublishers.noBody();
        for (JsonNode machine : exchange("GET", "/v1/machines?limit=1000", none).at("/machines")) {
            String id = machine.get("id").asString();
            if (meant.test(id)) {
                exchange("DELETE", "/v1/machines/" + id, none).expect(204);
            }
        }
    }

    String digest(String machine) {
        return get(machine).expect(200).text("/digest");
    }

    long version(String machine) {
        return get(machine).expect(200).number("/version");
    }
}

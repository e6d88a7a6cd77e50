package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/** A client of the service that gives its machines all kinds of work. */
final class Load implements AutoCloseable {

    /** Machines too small for the trace, one a policy, and one with room to spare. */
    static final List<String> MACHINES = List.of("clock", "fifo", "lru", "roomy");

    private static final String TRACE = "/traces/sort.lackey.gz";
    private static final String JSON = "application/json";

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI service;
    private final byte[] trace;

    Load(URI service) throws IOException {
        this.service = service;
        try (InputStream packed = Load.class.getResourceAsStream(TRACE)) {
            assertThat(packed).as(TRACE).isNotNull();
            this.trace = new GZIPInputStream(packed).readAllBytes();
        }
    }

    /** Makes the machines, with a process each. */
    void makeMachines() throws IOException, InterruptedException {
        for (String machine : MACHINES) {
            String spec =
                    machine.equals("roomy")
                            ? "{\"id\": \"%s\", \"frames\": 512}"
                            : "{\"id\": \"%1$s\", \"frames\": 48, \"replacement\": {\"policy\": \"%1$s\"}}";
            post(201, "/v1/machines", JSON, BodyPublishers.ofString(spec.formatted(machine)));
            post(
                    201,
                    processes(machine, ""),
                    JSON,
                    BodyPublishers.ofString("{\"name\": \"sort\"}"));
            send(
                    201,
                    "PUT",
                    "/v1/machines/" + machine + "/files/log",
                    "application/octet-stream",
                    BodyPublishers.ofByteArray(new byte[4 * 4096]));
        }
    }

    private static String processes(String machine, String rest) {
        return "/v1/machines/" + machine + "/processes" + rest;
    }

    /**
     * On each machine a real program's trace, then a fork and writes on both sides, then a process
     * that writes to a file and goes beyond it.
     */
    void round() throws IOException, InterruptedException {
        for (String machine : MACHINES) {
            post(
                    200,
                    processes(machine, "/1/trace"),
                    "text/x-lackey",
                    BodyPublishers.ofByteArray(trace));
            fork(machine);
            log(machine);
        }
        post(404, processes("nowhere", "/1/fork"), JSON, BodyPublishers.noBody());
    }

    /** The child copies the pages that it writes to, and the parent is left alone with its own. */
    private void fork(String machine) throws IOException, InterruptedException {
        write(machine, 1);
        JsonNode made = post(201, processes(machine, "/1/fork"), JSON, BodyPublishers.noBody());
        int child = made.path("pid").asInt();
        write(machine, child);
        write(machine, 1);
        post(200, processes(machine, "/" + child + "/exit"), JSON, BodyPublishers.noBody());
    }

    /** Its one area is a file; the page behind is in none. */
    private void log(String machine) throws IOException, InterruptedException {
        String area =
                "{\"start\": 0, \"length\": 16384, \"protection\": \"rw-\", \"kind\": \"file\","
                        + " \"file\": \"log\", \"sharing\": \"shared\"}";
        JsonNode made =
                post(
                        201,
                        processes(machine, ""),
                        JSON,
                        BodyPublishers.ofString("{\"areas\": [" + area + "]}"));
        String accesses =
                LongStream.range(0, 5)
                        .mapToObj(page -> "{\"op\": \"write\", \"address\": " + page * 4096 + "}")
                        .collect(Collectors.joining(", ", "{\"accesses\": [", "]}"));
        post(
                200,
                processes(machine, "/" + made.path("pid").asInt() + "/accesses"),
                JSON,
                BodyPublishers.ofString(accesses));
    }

    private void write(String machine, int pid) throws IOException, InterruptedException {
        String accesses =
                LongStream.range(16, 24)
                        .mapToObj(page -> "{\"op\": \"write\", \"address\": " + page * 4096 + "}")
                        .collect(Collectors.joining(", ", "{\"accesses\": [", "]}"));
        post(
                200,
                processes(machine, "/" + pid + "/accesses"),
                JSON,
                BodyPublishers.ofString(accesses));
    }

    private JsonNode post(int status, String path, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(send(status, "POST", path, type, body));
    }

    private String send(int status, String method, String path, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(service.resolve(path))
                        .method(method, body)
                        .header("Content-Type", type)
                        .timeout(Duration.ofSeconds(30))
                        .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as("%s: %s", path, response.body()).isEqualTo(status);
        return response.body();
    }

    @Override
    public void close() {
        client.close();
    }

    /** Rounds, one after the other, until it is closed. */
    static final class Background implements AutoCloseable {

        private final ExecutorService executor = Executors.newSingleThreadExecutor();
        private final Future<?> running;
        private volatile boolean closed;

        Background(Load load) {
            running =
                    executor.submit(
                            () -> {
                                while (!closed) {
                                    load.round();
                                    Thread.sleep(200);
                                }
                                return null;
                            });
        }

        /** Fails if something went wrong in it. */
        void check() throws ExecutionException, InterruptedException {
            if (running.isDone()) {
                running.get();
            }
        }

        @Override
        public void close() {
            closed = true;
            executor.close();
        }
    }
}

package dev.faultline.bench;

import dev.faultline.FaultlineApplication;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What it costs to share a service: single accesses with a key against a server without keys, in
 * turn; whether the time of a 404 tells if another has the thing; and how long a small client waits
 * beside four that stream long traces.
 */
public final class SharedService {

    private static final String ADMIN = "admin-of-this-benchmark-0123456789-0123456789";
    private static final int ROUNDS = 15;
    private static final int PAIRS = 2_000;
    private static final int STREAMS = 4;
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final Duration ALONE = Duration.ofSeconds(10);
    private static final Duration BESIDE = Duration.ofSeconds(30);
    private static final String ACCESS =
            "{\"accesses\":[{\"op\":\"read\",\"address\":\"0x6004\"}]}";
    private static final String SINGLE = "/v1/machines/single/processes/1/accesses";

    private final HttpClient client = HttpClient.newHttpClient();
    private final BenchServer keyed;
    private final BenchServer open;
    private final AtomicReference<@Nullable String> broken = new AtomicReference<>();

    private SharedService(BenchServer keyed, BenchServer open) {
        this.keyed = keyed;
        this.open = open;
    }

    /** Measures; with arguments it is the server that is measured. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            SpringApplication.run(FaultlineApplication.class, args);
            return;
        }
        try (BenchServer keyed =
                        BenchServer.start(
                                SharedService.class, "--faultline.security.admin-key=" + ADMIN);
                BenchServer open = BenchServer.start(SharedService.class)) {
            SharedService service = new SharedService(keyed, open);
            service.unlimited();
            service.compareSingleAccesses();
            service.compareMissing();
            service.measureFairness();
        }
    }

    private void unlimited() throws Exception {
        String limits =
                "{\"limits\":{\"requestsPerMinute\":1000000000,\"accessesPerMinute\":10000000000}}";
        send(keyed, "PUT", "/v1/tenants/cs124", ADMIN, limits);
    }

    private String key(String student) throws Exception {
        String wish = "{\"role\":\"student\",\"tenant\":\"cs124\",\"student\":\"" + student + "\"}";
        HttpResponse<String> made = send(keyed, "POST", "/v1/keys", ADMIN, wish);
        return JsonMapper.shared().readTree(made.body()).get("secret").asString();
    }

    private HttpResponse<String> send(
            BenchServer server, String method, String path, String key, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void make(BenchServer server, String key, String id) throws Exception {
        send(server, "POST", "/v1/machines", key, "{\"id\":\"" + id + "\",\"frames\":4096}");
        send(server, "POST", "/v1/machines/" + id + "/processes", key, "{}");
    }

    private void compareSingleAccesses() throws Exception {
        String ada = key("ada");
        make(keyed, ada, "single");
        make(open, "", "single");
        double[] ratios = new double[ROUNDS];
        for (int round = -4; round < ROUNDS; round++) {
            boolean first = round % 2 == 0;
            double one = first ? rate(keyed, ada) : rate(open, "");
            double other = first ? rate(open, "") : rate(keyed, ada);
            if (round >= 0) {
                ratios[round] = first ? one / other : other / one;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "16 connections of single accesses: rate with a key %.3f of that without (%.3f to"
                        + " %.3f)%n",
                part(ratios, 0.5),
                part(ratios, 0.25),
                part(ratios, 0.75));
    }

    private static double rate(BenchServer server, String key) throws InterruptedException {
        String headers = key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n";
        return HttpLoad.run(server.port(), SINGLE, headers, ACCESS, 16, ROUND).rate();
    }

    /** Pairs of requests for what another has and for what nobody has. */
    private void compareMissing() throws Exception {
        String bob = key("bob");
        String eve = key("eve");
        make(keyed, bob, "hers");
        HttpResponse<String> stored =
                client.send(
                        HttpRequest.newBuilder(keyed.uri("/v1/traces"))
                                .header("Content-Type", "text/x-lackey")
                                .header("Authorization", "Bearer " + bob)
                                .POST(BodyPublishers.ofString(" L 1000,1\n"))
                                .build(),
                        BodyHandlers.ofString());
        String trace = JsonMapper.shared().readTree(stored.body()).get("id").asString();
        String none = "0".repeat(64);
        compareMissing("machines", eve, "/v1/machines/hers", "/v1/machines/none");
        compareMissing("machines by owner", eve, "/v1/machines/bob~hers", "/v1/machines/bob~none");
        compareMissing("traces", eve, "/v1/traces/" + trace, "/v1/traces/" + none);
    }

    private void compareMissing(String what, String key, String there, String nowhere)
            throws Exception {
        double[] hidden = new double[PAIRS];
        double[] missing = new double[PAIRS];
        for (int pair = -PAIRS; pair < PAIRS; pair++) {
            boolean first = pair % 2 == 0;
            double one = micros(key, first ? there : nowhere);
            double other = micros(key, first ? nowhere : there);
            if (pair >= 0) {
                hidden[pair] = first ? one : other;
                missing[pair] = first ? other : one;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "404 of %s: %.1f us for what another has (%.1f to %.1f), %.1f us for what nobody has"
                        + " (%.1f to %.1f)%n",
                what,
                part(hidden, 0.5),
                part(hidden, 0.25),
                part(hidden, 0.75),
                part(missing, 0.5),
                part(missing, 0.25),
                part(missing, 0.75));
    }

    private double micros(String key, String path) throws Exception {
        long begin = System.nanoTime();
        HttpResponse<String> answer = send(keyed, "GET", path, key, "");
        double micros = (System.nanoTime() - begin) / 1e3;
        if (answer.statusCode() != 404) {
            throw new IOException(path + " is " + answer.statusCode());
        }
        return micros;
    }

    private void measureFairness() throws Exception {
        String small = key("small");
        make(keyed, small, "single");
        double[] alone = latencies(small, ALONE);
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> streams = new ArrayList<>();
        byte[] trace = binary(LongTrace.load());
        for (int i = 0; i < STREAMS; i++) {
            String key = key("stream-" + i);
            make(keyed, key, "trace");
            streams.add(Thread.startVirtualThread(() -> stream(key, trace, stop)));
        }
        double[] beside = latencies(small, BESIDE);
        stop.set(true);
        for (Thread stream : streams) {
            stream.join();
        }
        String why = broken.get();
        if (why != null) {
            throw new IOException(why);
        }
        System.out.printf(
                Locale.ROOT,
                "a small client's single access: median %.2f ms and 99th percentile %.2f ms alone,"
                        + " %.2f and %.2f ms beside %d clients that stream traces of 10 million%n",
                part(alone, 0.5),
                part(alone, 0.99),
                part(beside, 0.5),
                part(beside, 0.99),
                STREAMS);
    }

    private static byte[] binary(long[] trace) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * trace.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(trace);
        return bytes.array();
    }

    private void stream(String key, byte[] trace, AtomicBoolean stop) {
        while (!stop.get()) {
            HttpRequest request =
                    HttpRequest.newBuilder(keyed.uri("/v1/machines/trace/processes/1/trace"))
                            .header("Content-Type", "application/octet-stream")
                            .header("Authorization", "Bearer " + key)
                            .POST(BodyPublishers.ofByteArray(trace))
                            .build();
            try {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    broken.set(answer.body());
                    return;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Milliseconds of each access, one after the other. */
    private double[] latencies(String key, Duration time) throws Exception {
        List<Double> millis = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            send(keyed, "POST", SINGLE, key, ACCESS);
            millis.add((System.nanoTime() - begin) / 1e6);
        }
        return millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double part(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (part * (sorted.length - 1))];
    }
}

package dev.faultline.bench;

import dev.faultline.FaultlineApplication;
import dev.faultline.trace.TraceFormat;

import org.springframework.boot.SpringApplication;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/**
 * What a history costs: a server that keeps one and a server that keeps none, in turn, and medians
 * of their ratios; and how long it takes to show earlier versions, step by step and at random.
 */
public final class Histories {

    private static final int ROUNDS = 15;
    private static final int WARM_ROUNDS = 4;
    private static final int STEPS = 200;
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final String ACCESSES = "/processes/1/accesses";
    private static final String TRACE = "/processes/1/trace";

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.shared();
    private final SplittableRandom random = new SplittableRandom(7);
    private final byte[] binary;
    private final byte[] lackey;

    private Histories(long[] trace) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * trace.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(trace);
        binary = bytes.array();
        StringBuilder text = new StringBuilder(trace.length * 18);
        for (long word : trace) {
            String kind = List.of(" L ", " S ", "I  ").get((int) (word >>> 62));
            text.append(kind).append(Long.toHexString(word << 2 >>> 2)).append(",1\n");
        }
        lackey = text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Measures; with arguments it is the server that is measured. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            SpringApplication.run(FaultlineApplication.class, args);
            return;
        }
        Histories histories = new Histories(LongTrace.load());
        String inOne = "--faultline.api.sweep-accesses=1000000000"; // no run is an operation
        try (BenchServer with = BenchServer.start(Histories.class, inOne);
                BenchServer without =
                        BenchServer.start(Histories.class, inOne, "--faultline.history.bytes=0")) {
            histories.compare(with, without);
            histories.steps(with, 64, false, 100_000);
            histories.steps(with, 65_536, true, 1_000);
            histories.steps(with, 1_048_576, true, 1_000);
        }
    }

    private interface Played {
        double on(BenchServer server) throws Exception;
    }

    private void compare(BenchServer with, BenchServer without) throws Exception {
        for (BenchServer server : List.of(with, without)) {
            make(server, "single", 256);
            make(server, "trace", 4096);
        }
        compare(
                "16 connections of single accesses, us each",
                with,
                without,
                server ->
                        1e6
                                / HttpLoad.run(
                                                server.port(),
                                                "/v1/machines/single" + ACCESSES,
                                                "{\"accesses\":[{\"op\":\"read\",\"address\":\"0x6004\"}]}",
                                                16,
                                                ROUND)
                                        .rate());
        compare("a stored trace, ms", with, without, this::storedTrace);
        compare(
                "a binary trace, ms",
                with,
                without,
                server -> trace(server, TraceFormat.BINARY.mediaType(), binary));
        compare(
                "a lackey text, ms",
                with,
                without,
                server -> trace(server, TraceFormat.LACKEY.mediaType(), lackey));
    }

    private static void compare(String what, BenchServer with, BenchServer without, Played played)
            throws Exception {
        double[] kept = new double[ROUNDS];
        double[] bare = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            boolean first = round % 2 == 0;
            double one = played.on(first ? with : without);
            double other = played.on(first ? without : with);
            if (round >= 0) {
                kept[round] = first ? one : other;
                bare[round] = first ? other : one;
                ratios[round] = kept[round] / bare[round];
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f with a history, %.1f without; ratio %.3f (%.3f to %.3f)%n",
                what,
                part(kept, 0.5),
                part(bare, 0.5),
                part(ratios, 0.5),
                part(ratios, 0.25),
                part(ratios, 0.75));
    }

    /** Milliseconds of a trace on the machine as it is made. */
    private double trace(BenchServer server, String type, byte[] body) throws Exception {
        send(server, "POST", "/v1/machines/trace/reset", "application/json", bytes("{}"));
        send(server, "POST", "/v1/machines/trace/processes", "application/json", bytes("{}"));
        return timed(() -> send(server, "POST", "/v1/machines/trace" + TRACE, type, body));
    }

    /** Milliseconds of running a program that is a stored trace. */
    private double storedTrace(BenchServer server) throws Exception {
        String id =
                json.readTree(
                                send(
                                        server,
                                        "POST",
                                        "/v1/traces",
                                        TraceFormat.BINARY.mediaType(),
                                        binary))
                        .path("id")
                        .asString();
        send(server, "POST", "/v1/machines/trace/reset", "application/json", bytes("{}"));
        String process = "{\"program\":{\"trace\":\"%s\"}}".formatted(id);
        send(server, "POST", "/v1/machines/trace/processes", "application/json", bytes(process));
        return timed(
                () ->
                        send(
                                server,
                                "POST",
                                "/v1/machines/trace/run",
                                "application/json",
                                bytes("{}")));
    }

    private void steps(BenchServer server, int frames, boolean afterTrace, int accesses)
            throws Exception {
        String machine = "/v1/machines/steps";
        make(server, "steps", frames);
        if (afterTrace) {
            send(server, "POST", machine + TRACE, TraceFormat.BINARY.mediaType(), binary);
        }
        for (int i = 0; i < accesses; i++) {
            String access =
                    "{\"accesses\":[{\"op\":\"%s\",\"address\":\"0x%x\"}]}"
                            .formatted(
                                    random.nextBoolean() ? "read" : "write",
                                    random.nextLong(3L * frames) << 12);
            send(server, "POST", machine + ACCESSES, "application/json", bytes(access));
        }
        JsonNode history = get(server, machine + "/history?limit=1");
        long oldest = history.path("oldestVersion").asLong();
        long present = get(server, machine).path("version").asLong();
        long last = Math.max(oldest, present - STEPS);
        System.out.printf(Locale.ROOT, "%d frames, versions %d to %d%n", frames, oldest, present);
        steps(server, "back", step -> present - 1 - step % (present - last));
        steps(server, "forth", step -> last + step % (present - last));
        steps(server, "at random", step -> random.nextLong(oldest, present));
        send(server, "DELETE", machine, "application/json", new byte[0]);
    }

    private void steps(BenchServer server, String how, LongUnaryOperator version) throws Exception {
        double[] times = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            String path = "/v1/machines/steps/frames?limit=10&at=" + version.applyAsLong(step);
            times[step] = timed(() -> get(server, path));
        }
        System.out.printf(
                Locale.ROOT,
                "  %d steps %s: median %.1f ms, 95th percentile %.1f ms, longest %.1f ms%n",
                STEPS,
                how,
                part(times, 0.5),
                part(times, 0.95),
                part(times, 1));
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double timed(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private void make(BenchServer server, String id, int frames) throws Exception {
        String spec =
                "{\"id\":\"%s\",\"frames\":%d,\"swap\":{\"slots\":1048576},\"limits\":{\"tableBytes\":268435456}}"
                        .formatted(id, frames);
        send(server, "POST", "/v1/machines", "application/json", bytes(spec));
        send(server, "POST", "/v1/machines/" + id + "/processes", "application/json", bytes("{}"));
    }

    private JsonNode get(BenchServer server, String path) throws Exception {
        return json.readTree(send(server, "GET", path, "application/json", new byte[0]));
    }

    private byte[] send(BenchServer server, String method, String path, String type, byte[] body)
            throws Exception {
        HttpResponse<byte[]> response =
                client.send(
                        HttpRequest.newBuilder(server.uri(path))
                                .header("Content-Type", type)
                                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() >= 300) {
            throw new IOException(new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The value below which a part of all lies. */
    private static double part(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    }
}

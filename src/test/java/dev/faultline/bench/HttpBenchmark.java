package dev.faultline.bench;

import dev.faultline.FaultlineApplication;
import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Command;
import dev.faultline.machine.Limits;
import dev.faultline.machine.Machine;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.MemoryArea;
import dev.faultline.machine.OnSignal;
import dev.faultline.machine.Protection;
import dev.faultline.machine.SpecDraft;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * What HTTP costs: single accesses against an endpoint of the same server that parses and echoes
 * the same JSON, and traces against parsing and running them in process. Rounds alternate, so that
 * both sides meet the same machine; medians of ratios are printed.
 */
public final class HttpBenchmark {

    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 9;
    private static final int ROUND_MILLIS = 3000;
    private static final String ACCESS =
            "{\"accesses\":[{\"op\":\"read\",\"address\":\"0x6004\"}]}";

    /** Parses and answers what it was sent, as plainly as Spring lets it. */
    @RestController
    @Profile("bench") // the tests' own service does not have it
    public static class Echo {
        @PostMapping(
                path = "/echo",
                consumes = MediaType.APPLICATION_JSON_VALUE,
                produces = MediaType.APPLICATION_JSON_VALUE)
        public Map<String, Object> echo(@RequestBody Map<String, Object> body) {
            return body;
        }
    }

    private HttpBenchmark() {}

    public static void main(String[] args) throws Exception {
        SpringApplication application =
                new SpringApplication(FaultlineApplication.class, Echo.class);
        application.setAdditionalProfiles("bench");
        application.setDefaultProperties(Map.of("server.port", "0", "logging.level.root", "WARN"));
        try (ConfigurableApplicationContext context = application.run()) {
            int port = context.getEnvironment().getRequiredProperty("local.server.port", int.class);
            singleAccesses(port);
            traces(port);
        }
    }

    private static void singleAccesses(int port) throws Exception {
        post(port, "/v1/machines", "{\"id\":\"single\"}");
        post(port, "/v1/machines/single/processes", "{}");
        String path = "/v1/machines/single/processes/1/accesses";
        double[] ratios = new double[ROUNDS];
        double[] rates = new double[ROUNDS];
        rate(port, path); // warm up both
        rate(port, "/echo");
        rate(port, path);
        rate(port, "/echo");
        for (int round = 0; round < ROUNDS; round++) {
            double echo = rate(port, "/echo");
            rates[round] = rate(port, path);
            ratios[round] = rates[round] / echo;
        }
        System.out.printf(
                Locale.ROOT,
                "single accesses, %d connections: %.0f a second, %.2f of the echo's rate%n",
                CONNECTIONS,
                median(rates),
                median(ratios));
    }

    /** Requests a second that this many keep-alive connections get answered. */
    private static double rate(int port, String path) throws Exception {
        LongAdder answered = new LongAdder();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(Thread.startVirtualThread(() -> client(port, path, answered, stop)));
        }
        long start = System.nanoTime();
        Thread.sleep(ROUND_MILLIS);
        double rate = answered.sum() * 1e9 / (System.nanoTime() - start);
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        return rate;
    }

    private static void client(int port, String path, LongAdder answered, AtomicBoolean stop) {
        byte[] request =
                ("POST "
                                + path
                                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: "
                                + ACCESS.length()
                                + "\r\n\r\n"
                                + ACCESS)
                        .getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
            OutputStream out = socket.getOutputStream();
            while (!stop.get()) {
                out.write(request);
                readResponse(in);
                answered.increment();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void readResponse(InputStream in) throws IOException {
        String status = line(in);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(status);
        }
        int length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
        }
        if (length >= 0) {
            in.skipNBytes(length);
            return;
        }
        for (int chunk = chunk(in); chunk > 0; chunk = chunk(in)) {
            in.skipNBytes(chunk + 2L);
        }
        line(in);
    }

    private static int chunk(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("connection closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static void traces(int port) throws Exception {
        long[] words = LongTrace.load();
        int used = Math.min(words.length, 2_000_000);
        long[] part = Arrays.copyOf(words, used);
        trace(port, TraceFormat.BINARY, binary(part), used);
        trace(port, TraceFormat.LACKEY, lackey(part), used);
        trace(port, TraceFormat.NDJSON, ndjson(part), used);
    }

    /** A trace over HTTP, parsed alone, and run alone, in turn. */
    private static void trace(int port, TraceFormat format, byte[] body, int references)
            throws Exception {
        MachineSpec spec = spec();
        String machine = format.name().toLowerCase(Locale.ROOT);
        post(
                port,
                "/v1/machines",
                "{\"id\":\"" + machine + "\",\"frames\":256,\"tlb\":{\"entries\":64,\"ways\":4}}");
        post(port, "/v1/machines/" + machine + "/processes", "{}");
        URI uri =
                URI.create(
                        "http://localhost:"
                                + port
                                + "/v1/machines/"
                                + machine
                                + "/processes/1/trace");
        double[] ratios = new double[ROUNDS];
        double[] http = new double[ROUNDS];
        double[] parse = new double[ROUNDS];
        double[] run = new double[ROUNDS];
        Machine own = new Machine(spec);
        own.apply(
                new Command.CreateProcess(
                        "bench",
                        List.of(new MemoryArea(0, 1L << 48, Protection.ALL)),
                        OnSignal.TERMINATE));
        List<AccessBlock> blocks = blocks(format, body, spec);
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int round = -3; round < ROUNDS; round++) {
                long t0 = System.nanoTime();
                send(client, uri, format, body);
                long t1 = System.nanoTime();
                drain(format, body, spec);
                long t2 = System.nanoTime();
                for (AccessBlock block : blocks) {
                    own.apply(new Command.Access(1, block, false));
                }
                long t3 = System.nanoTime();
                if (round >= 0) {
                    http[round] = (t1 - t0) / (double) references;
                    parse[round] = (t2 - t1) / (double) references;
                    run[round] = (t3 - t2) / (double) references;
                    ratios[round] = http[round] / (parse[round] + run[round]);
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s trace, %d references: %.1f ns each over HTTP; parsing alone %.1f, running alone"
                        + " %.1f; ratio %.2f%n",
                machine,
                references,
                median(http),
                median(parse),
                median(run),
                median(ratios));
    }

    private static MachineSpec spec() {
        return new SpecDraft(
                        null,
                        null,
                        256L,
                        null,
                        null,
                        null,
                        new SpecDraft.TlbDraft(64L, 4L, null, null),
                        null,
                        null,
                        dev.faultline.machine.Costs.DEFAULT,
                        Limits.DEFAULT)
                .resolve(new SpecDraft.Bounds(1 << 20, 1 << 20, 4096, Limits.DEFAULT));
    }

    private static void send(HttpClient client, URI uri, TraceFormat format, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", format.mediaType())
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(response.body());
        }
    }

    private static void drain(TraceFormat format, byte[] body, MachineSpec spec)
            throws IOException {
        TraceReader reader = format.open(new ByteArrayInputStream(body), spec);
        AccessBlock block = new AccessBlock(spec, 8192);
        while (reader.read(block)) {
            block.clear();
        }
    }

    private static List<AccessBlock> blocks(TraceFormat format, byte[] body, MachineSpec spec)
            throws IOException {
        TraceReader reader = format.open(new ByteArrayInputStream(body), spec);
        List<AccessBlock> blocks = new ArrayList<>();
        AccessBlock block = new AccessBlock(spec, 8192);
        while (reader.read(block)) {
            blocks.add(block);
            block = new AccessBlock(spec, 8192);
        }
        return blocks;
    }

    private static byte[] binary(long[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    private static byte[] lackey(long[] words) {
        StringBuilder text = new StringBuilder(words.length * 18);
        for (long word : words) {
            String kind = List.of(" L ", " S ", "I  ").get((int) (word >>> 62));
            text.append(kind).append(Long.toHexString(word << 2 >>> 2)).append(",1\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] ndjson(long[] words) {
        StringBuilder text = new StringBuilder(words.length * 45);
        for (long word : words) {
            String kind = List.of("read", "write", "execute").get((int) (word >>> 62));
            text.append("{\"op\":\"")
                    .append(kind)
                    .append("\",\"address\":\"0x")
                    .append(Long.toHexString(word << 2 >>> 2))
                    .append("\"}\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void post(int port, String path, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IOException(response.body());
            }
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

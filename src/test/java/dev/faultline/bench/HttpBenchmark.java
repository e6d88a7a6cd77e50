package dev.faultline.bench;

import dev.faultline.FaultlineApplication;
import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What HTTP costs a trace, against parsing it and running it in process. Rounds alternate, so that
 * both sides meet the same machine; medians of ratios are printed.
 */
public final class HttpBenchmark {

    private static final int TRACE_ROUNDS = 21;
    private static final long WARM_UP_NANOS = 10_000_000_000L;

    private HttpBenchmark() {}

    public static void main(String[] args) throws Exception {
        SpringApplication application = new SpringApplication(FaultlineApplication.class);
        application.setDefaultProperties(Map.of("server.port", "0", "logging.level.root", "WARN"));
        try (ConfigurableApplicationContext context = application.run()) {
            int port = context.getEnvironment().getRequiredProperty("local.server.port", int.class);
            traces(port);
        }
    }

    private static byte[] head(String path, String type, int length) {
        String text =
                "POST "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + type
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n\r\n";
        return text.getBytes(StandardCharsets.US_ASCII);
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
        int used = Math.min(words.length, 4_000_000);
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
        HttpLoad.post(
                port,
                "/v1/machines",
                "{\"id\":\"" + machine + "\",\"frames\":256,\"tlb\":{\"entries\":64,\"ways\":4}}");
        HttpLoad.post(port, "/v1/machines/" + machine + "/processes", "{}");
        String path = "/v1/machines/" + machine + "/processes/1/trace";
        byte[] head = head(path, format.mediaType(), body.length);
        ByteBuffer sent = ByteBuffer.allocateDirect(body.length).put(body);
        double[] ratios = new double[TRACE_ROUNDS];
        double[] http = new double[TRACE_ROUNDS];
        double[] parse = new double[TRACE_ROUNDS];
        double[] run = new double[TRACE_ROUNDS];
        double[] move = new double[TRACE_ROUNDS];
        Machine own = new Machine(spec);
        own.apply(
                new Command.CreateProcess(
                        "bench",
                        List.of(new MemoryArea(0, 1L << 48, Protection.ALL)),
                        OnSignal.TERMINATE));
        List<AccessBlock> blocks = blocks(format, body, spec);
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress("localhost", port))) {
            long warm = System.nanoTime() + WARM_UP_NANOS;
            int round = 0;
            while (round < TRACE_ROUNDS) {
                long t0 = System.nanoTime();
                send(channel, head, sent);
                long t1 = System.nanoTime();
                drain(format, body, spec);
                long t2 = System.nanoTime();
                for (AccessBlock block : blocks) {
                    own.apply(new Command.Access(1, block, false));
                }
                long t3 = System.nanoTime();
                move(sent);
                long t4 = System.nanoTime();
                if (t0 > warm) {
                    http[round] = (t1 - t0) / (double) references;
                    parse[round] = (t2 - t1) / (double) references;
                    run[round] = (t3 - t2) / (double) references;
                    move[round] = (t4 - t3) / (double) references;
                    ratios[round] = http[round] / (parse[round] + run[round]);
                    round++;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s trace, %d references: %.1f ns each over HTTP; parsing alone %.1f, running alone"
                        + " %.1f; ratio %.2f; moving the bytes through a bare socket %.1f%n",
                machine,
                references,
                median(http),
                median(parse),
                median(run),
                median(ratios),
                median(move));
    }

    /** Sends bytes over a loopback connection to a thread that reads them and does nothing else. */
    private static void move(ByteBuffer bytes) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0);
                SocketChannel channel = SocketChannel.open(server.getLocalSocketAddress());
                Socket accepted = server.accept()) {
            Thread sender =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            bytes.rewind();
                                            while (bytes.hasRemaining()) {
                                                channel.write(bytes);
                                            }
                                            channel.shutdownOutput();
                                        } catch (IOException e) {
                                            throw new UncheckedIOException(e);
                                        }
                                    });
            InputStream in = accepted.getInputStream();
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                // the next
            }
            sender.join();
        }
    }

    private static MachineSpec spec() {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.FRAMES, 256)
                        .with(TlbSpec.ENTRIES, 64)
                        .with(TlbSpec.WAYS, 4),
                SpecValues.of(MachineSpec.FRAMES, 1 << 20)
                        .with(SwapSpec.SLOTS, 1 << 20)
                        .with(TlbSpec.ENTRIES, 4096));
    }

    /** Sends a trace over a connection that stays open, and reads the answer. */
    private static void send(SocketChannel channel, byte[] head, ByteBuffer body)
            throws IOException {
        channel.write(ByteBuffer.wrap(head));
        body.rewind();
        while (body.hasRemaining()) {
            channel.write(body);
        }
        readResponse(new BufferedInputStream(Channels.newInputStream(channel), 1 << 10));
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

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

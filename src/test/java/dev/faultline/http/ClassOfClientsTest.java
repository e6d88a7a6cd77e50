package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.SeedSource;
import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole class at once, and machines that come and go all day. {@code -Dfaultline.class.seconds=N}
 * lets 64 clients work for longer, and {@code -Dfaultline.cycles=N} makes and deletes more
 * machines.
 */
@Tag("slow")
class ClassOfClientsTest {

    private static final long SECONDS = Long.getLong("faultline.class.seconds", 10);
    private static final long CYCLES = Long.getLong("faultline.cycles", 4_000);
    private static final int CLIENTS = 64;
    private static final int MACHINES = 500;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    /** Bytes by which a heap may grow whatever was done: caches, and code that is warm. */
    private static final long SLACK = 1 << 20;

    @TempDir static Path folder;

    private static ServerProcess server;
    private static Client client;

    private final AtomicLong requests = new AtomicLong();
    private final Map<String, AtomicLong> refusals = new ConcurrentSkipListMap<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        String smallCache = "--faultline.api.idempotency-bytes=262144"; // full before we look
        server = ServerProcess.start(folder, List.of("-Xmx1g"), List.of(smallCache));
        client = Client.of(server.port());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.close();
    }

    private static void inParallel(int threads, Callable<Void> work)
            throws InterruptedException, ExecutionException {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(work);
            }
            for (Future<Void> each : workers.invokeAll(all)) {
                each.get();
            }
        }
    }

    @Test
    void manyClientsDisturbNobody() throws Exception {
        for (int i = 0; i < MACHINES; i++) {
            String machine =
                    client.machine(
                            "{'id': 'class-%d', 'frames': %d, 'limits': {'events': 64}}"
                                    .formatted(i, 4 + i % 60));
            client.post(machine + "/processes", "{}").expect(201);
        }
        AtomicLong seeds = new AtomicLong(SeedSource.seeds(1).findFirst().orElse(1));
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        inParallel(
                CLIENTS,
                () -> {
                    SplittableRandom random = new SplittableRandom(seeds.getAndIncrement());
                    while (System.nanoTime() < end) {
                        note(work(random));
                    }
                    return null;
                });
        System.out.println(requests.get() + " requests, refused " + refusals);
        assertThat(requests.get()).isGreaterThan(100 * SECONDS);
        for (int i = 0; i < MACHINES; i++) {
            assertImportIsEqual("/v1/machines/class-" + i);
        }
    }

    private Answer work(SplittableRandom random) {
        String machine = "/v1/machines/class-" + random.nextInt(MACHINES);
        String process = machine + "/processes/" + (1 + random.nextInt(3));
        return switch (random.nextInt(16)) {
            case 0 -> client.post(machine + "/processes", "{}");
            case 1 -> client.post(process + "/fork");
            case 2 -> client.post(process + "/exit");
            case 3 -> client.get(machine + "?at=" + (1 + random.nextInt(5)));
            case 4 -> client.get(machine + "/frames");
            case 5 -> client.get(machine + "/events?limit=50");
            case 6 -> client.post(machine + "/rewind", "{'to': " + (1 + random.nextInt(4)) + "}");
            case 7 -> client.get(machine + "/history?limit=20");
            case 8 -> client.postText(process + "/trace", Client.LACKEY, trace(random, 500));
            default ->
                    client.post(
                            process + "/accesses",
                            Client.batch(access(random), access(random), access(random)));
        };
    }

    private static String access(SplittableRandom random) {
        String op = random.nextBoolean() ? "write" : "read";
        return op + " 0x" + Long.toHexString(random.nextLong(1 << 18));
    }

    private static String trace(SplittableRandom random, int accesses) {
        StringBuilder trace = new StringBuilder();
        for (int i = 0; i < accesses; i++) {
            trace.append(random.nextBoolean() ? " L " : " S ")
                    .append(Long.toHexString(random.nextLong(1 << 18)))
                    .append(",1\n");
        }
        return trace.toString();
    }

    /** Every refusal has to be one that is meant. */
    private void note(Answer answer) {
        requests.incrementAndGet();
        if (answer.status() >= 400) {
            String reason = answer.text("/reason");
            assertThat(reason)
                    .as("%s", answer)
                    .isIn(
                            "NO_SUCH_PROCESS",
                            "PROCESS_EXITED",
                            "NO_SUCH_VERSION",
                            "VERSION_LOST",
                            "MACHINE_BUSY",
                            "SERVER_FULL",
                            "NOT_ENOUGH_SPACE");
            refusals.computeIfAbsent(reason, none -> new AtomicLong()).incrementAndGet();
        }
    }

    private static void assertImportIsEqual(String machine) {
        byte[] export = client.get(machine + "/export").expect(200).body();
        Answer again =
                client.send("POST", "/v1/machines?id=again", "application/x-faultline", export)
                        .expect(201);
        assertThat(again.text("/digest")).as(machine).isEqualTo(client.digest(machine));
        client.delete("/v1/machines/again").expect(204);
        client.delete(machine).expect(204);
    }

    @Test
    void machinesComeAndGoAndLeaveNothing() throws Exception {
        cycles(CYCLES / 4); // until caches are full and code is warm
        long before = liveBytes();
        cycles(CYCLES);
        long after = liveBytes();
        System.out.printf("%d cycles: %d bytes live before, %d after%n", CYCLES, before, after);
        assertThat(after).isLessThan(before + before / 20 + SLACK);
        assertThat(client.get("/v1/machines?prefix=cycle-").at("/machines")).isEmpty();
    }

    private static void cycles(long count) throws InterruptedException, ExecutionException {
        AtomicLong next = new AtomicLong();
        inParallel(
                8,
                () -> {
                    for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        cycle(i);
                    }
                    return null;
                });
    }

    private static void cycle(long number) {
        String machine = client.machine("{'id': 'cycle-" + number + "', 'frames': 8}");
        client.post(machine + "/processes", "{}", "Idempotency-Key", "k").expect(201);
        client.access(machine, "write 0x1000", "write 0x9000", "read 0x1000");
        client.get(machine + "/counters?at=2").expect(200);
        client.delete(machine).expect(204);
    }

    /** Bytes of the server's objects that are live, which a full collection has found. */
    private static long liveBytes() throws IOException, InterruptedException {
        Process histogram =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(server.pid()),
                                "GC.class_histogram")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        histogram.waitFor();
        Matcher total = TOTAL.matcher(said);
        assertThat(total.find()).as(said).isTrue();
        return Long.parseLong(total.group(1));
    }
}

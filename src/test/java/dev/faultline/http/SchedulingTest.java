package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Time as a client sees it: tables of scheduling, turns, and answers that add up. */
class SchedulingTest extends HttpTest {

    private static final String PLAIN =
            "{'costs': {'memoryReference': 0}, 'scheduler': {'quantum': %d}%s}";

    /** A process that computes for a burst and then makes one access, which takes no time. */
    private void burst(String machine, long burst, String more) {
        client.post(
                        machine + "/processes",
                        "{'program': {'accesses': [{'op': 'read', 'address': 0}], 'think': %d}%s}"
                                .formatted(burst, more))
                .expect(201);
    }

    private Answer run(String machine) {
        return client.post(machine + "/run", "{}").expect(200);
    }

    private static List<Long> column(Answer run, String name) {
        List<Long> column = new ArrayList<>();
        run.at("/processes").forEach(row -> column.add(row.get(name).asLong()));
        return column;
    }

    private static String chart(Answer turns) {
        StringBuilder chart = new StringBuilder();
        for (JsonNode turn : turns.at("/turns")) {
            chart.append(turn.get("pid").asInt())
                    .append(':')
                    .append(turn.get("from").asLong())
                    .append('-')
                    .append(turn.get("to").asLong())
                    .append(turn.get("ended").asString().charAt(0))
                    .append(' ');
        }
        return chart.toString().strip();
    }

    /** As most books have it: who arrives as a quantum ends goes before the preempted one. */
    @Test
    void theTableOfManyWebsites() {
        String machine = client.machine(PLAIN.formatted(2, ""));
        int[][] jobs = {{0, 5}, {1, 4}, {2, 2}, {4, 1}};
        for (int[] job : jobs) {
            burst(machine, job[1], ", 'arrival': " + job[0]);
        }
        assertThat(client.get(machine + "/processes/4").number("/arrival")).isEqualTo(4);
        Answer run = run(machine);
        assertThat(column(run, "pid")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(column(run, "arrival")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(column(run, "firstRun")).containsExactly(0L, 2L, 4L, 8L);
        assertThat(column(run, "completion")).containsExactly(12L, 11L, 6L, 9L);
        assertThat(column(run, "turnaround")).containsExactly(12L, 10L, 4L, 5L);
        assertThat(column(run, "waiting")).containsExactly(7L, 6L, 2L, 4L);
        assertThat(column(run, "response")).containsExactly(0L, 1L, 2L, 4L);
        assertThat(column(run, "cpuTicks")).containsExactly(5L, 4L, 2L, 1L);
        assertThat(column(run, "diskTicks")).containsExactly(0L, 0L, 0L, 0L);
        assertThat(run.at("/means/turnaround").asDouble()).isEqualTo(7.75);
        assertThat(run.at("/means/waiting").asDouble()).isEqualTo(4.75);
        assertThat(run.at("/means/cpuTicks").asDouble()).isEqualTo(3);
        assertThat(run.at("/utilisation").asDouble()).isEqualTo(1);
    }

    @Test
    void switchesAreChargedAfterAnExitToo() {
        String machine =
                client.machine(
                        "{'costs': {'memoryReference': 0, 'contextSwitch': 1},"
                                + " 'scheduler': {'quantum': 4}}");
        for (int burst : new int[] {24, 3, 3}) {
            burst(machine, burst, "");
        }
        Answer run = run(machine);
        assertThat(column(run, "completion")).containsExactly(33L, 8L, 12L);
        assertThat(run.number("/counters/contextSwitches")).isEqualTo(3);
        assertThat(run.at("/utilisation").asDouble()).isEqualTo(1);
        assertThat(run.at("/efficiency").asDouble()).isCloseTo(30 / 33.0, within(1e-12));
        assertThat(chart(client.get(machine + "/turns").expect(200)))
                .isEqualTo("1:0-4q 2:5-8e 3:9-12e 1:13-17q 1:17-21q 1:21-25q 1:25-29q 1:29-33e");
    }

    @Test
    void thinkingIsPreempted() {
        String machine = client.machine(PLAIN.formatted(4, ""));
        for (int burst : new int[] {24, 3, 3}) {
            burst(machine, burst, "");
        }
        assertThat(column(run(machine), "completion")).containsExactly(30L, 7L, 10L);
    }

    /** One page of a file, read once: the process ends when the disk has brought it. */
    @Test
    void aProcessEndsWhenTheDiskIsDone() {
        String machine = client.machine("{}");
        client.send("PUT", machine + "/files/f", Client.BINARY, new byte[] {1, 2, 3}).expect(201);
        client.post(
                        machine + "/processes",
                        "{'areas': [{'start': 0, 'length': 3, 'protection': 'r--', 'kind': 'file',"
                                + " 'file': 'f', 'sharing': 'shared'}],"
                                + " 'program': {'accesses': [{'op': 'read', 'address': 0}]}}")
                .expect(201);
        Answer run = run(machine);
        assertThat(run.number("/ticks")).isEqualTo(8_000_600);
        assertThat(run.number("/finished/0/finishedAt")).isEqualTo(8_000_600);
        assertThat(run.number("/cpuTicks")).isEqualTo(600);
        assertThat(run.number("/diskTicks")).isEqualTo(8_000_000);
        assertThat(run.number("/processes/0/diskTicks")).isEqualTo(8_000_000);
        assertThat(run.number("/processes/0/waiting")).isZero();
        assertThat(run.at("/utilisation").asDouble()).isLessThan(0.001);
        assertThat(chart(client.get(machine + "/turns"))).isEqualTo("1:0-600d");
    }

    /** The changes that runs answer add up to what the machine counts, and so do their ticks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatRunsAnswerAddsUp(int cpus) {
        Random random = new Random(cpus);
        String machine =
                client.machine(
                        ("{'cpus': %d, 'frames': 8, 'addressBits': 20,"
                                        + " 'scheduler': {'quantum': 3000},"
                                        + " 'costs': {'swapIn': 900, 'swapOut': 900}}")
                                .formatted(cpus));
        for (int pages = 3; pages <= 7; pages += 2) {
            client.post(
                            machine + "/processes",
                            ("{'arrival': %d, 'program': {'think': %d, 'generator':"
                                            + " {'kind': 'loop', 'pages': %d, 'accesses': 60}}}")
                                    .formatted(random.nextInt(9000), random.nextInt(90), pages))
                    .expect(201);
        }
        String[] untils = {
            "{'fault': true}",
            "{'accesses': 6}",
            "{'ticks': 1000}",
            "{'counters': {'evictions': 1}}"
        };
        long[] sums = new long[4];
        String[] names = {"pageFaults", "accesses", "evictions", "ticks"};
        long clock = 0;
        Answer run;
        do {
            int which = random.nextInt(untils.length);
            run = client.post(machine + "/run", "{'until': " + untils[which] + "}").expect(200);
            for (int i = 0; i < names.length; i++) {
                long change = run.number("/counters/" + names[i]);
                assertThat(change).isNotNegative();
                sums[i] += change;
            }
            clock += run.number("/ticks");
            assertThat(run.number("/clock")).isEqualTo(clock);
            assertThat(run.number("/diskTicks")).isLessThanOrEqualTo(run.number("/ticks"));
            boolean done = run.text("/reason").equals("done");
            if (which == 0 && !done) {
                assertThat(run.number("/counters/pageFaults")).isEqualTo(1);
            }
            if (which == 1 && !done) {
                assertThat(run.number("/counters/accesses")).isEqualTo(6);
            }
            if (which == 2 && !done) { // a walk of four, again after the fault, and the datum
                assertThat(run.number("/ticks")).isBetween(1000L, 1900L);
            }
        } while (!run.text("/reason").equals("done"));
        Answer counters = client.get(machine + "/counters").expect(200);
        for (int i = 0; i < names.length; i++) {
            assertThat(sums[i]).as(names[i]).isEqualTo(counters.number("/" + names[i]));
        }
    }

    @Test
    void aRunWithNothingToDoIsNoChange() {
        String machine = client.machineWithProcess("{'frames': 2}");
        client.access(machine, "write 0x0", "write 0x1000", "write 0x2000");
        Answer before = client.get(machine).expect(200);
        for (String until :
                List.of("'done'", "{'ticks': 5}", "{'accesses': 5}", "{'fault': true}")) {
            Answer run = client.post(machine + "/run", "{'until': " + until + "}").expect(200);
            assertThat(run.text("/reason")).isEqualTo("done");
            assertThat(run.at("/processes")).isEmpty();
            assertThat(run.isNull("/means/waiting")).isTrue();
            assertThat(run.version()).isEqualTo(before.version());
        }
        assertThat(client.digest(machine)).isEqualTo(before.text("/digest"));
    }

    /** Asking what the disk has under way does not change what comes after. */
    @Test
    void askingChangesNothing() {
        String machine =
                client.machine(
                        "{'frames': 2, 'costs': {'memoryReference': 1, 'swapOut': 1000},"
                                + " 'reclaim': {'low': 1, 'high': 1}}");
        client.post(
                        machine + "/processes",
                        "{'program': {'think': 5000, 'accesses': [{'op': 'write', 'address': 0},"
                                + " {'op': 'write', 'address': 4096}, {'op': 'read', 'address': 0}]}}")
                .expect(201);
        run(machine);
        String digest = client.digest(machine);
        for (String view : List.of("background", "time", "turns", "frames", "swap", "processes")) {
            client.get(machine + "/" + view).expect(200);
        }
        String clone = client.post(machine + "/clone").expect(201).text("/id");
        assertThat(client.digest("/v1/machines/" + clone)).isEqualTo(digest);
        assertThat(client.digest(machine)).isEqualTo(digest);
        assertThat(client.get("/v1/machines/" + clone + "/turns").at("/turns"))
                .isEqualTo(client.get(machine + "/turns").at("/turns"));
    }

    /** Turns come in parts, are cut where a run was, and fall off the list in the end. */
    @Test
    void turnsAreAListWithAnEnd() {
        String machine = client.machine(PLAIN.formatted(10, ", 'limits': {'events': 8}"));
        burst(machine, 35, "");
        assertThat(client.get(machine + "/turns").at("/turns")).isEmpty();
        client.post(machine + "/run", "{'until': {'ticks': 15}}").expect(200);
        assertThat(chart(client.get(machine + "/turns"))).isEqualTo("1:0-10q 1:10-15u");
        run(machine);
        Answer first = client.get(machine + "/turns?limit=3").expect(200);
        assertThat(chart(first)).isEqualTo("1:0-10q 1:10-15u 1:15-20q");
        Answer next = client.get(machine + "/turns?limit=3&cursor=" + first.text("/nextCursor"));
        assertThat(chart(next)).isEqualTo("1:20-30q 1:30-35e");
        assertThat(next.isNull("/nextCursor")).isTrue();
        assertThat(chart(client.get(machine + "/turns?after=4"))).isEqualTo("1:30-35e");
        assertThat(client.get(machine + "/turns?after=9999").at("/turns")).isEmpty();
        burst(machine, 60, "");
        run(machine);
        Answer lost = client.get(machine + "/turns?after=2").expectProblem(410, "TURNS_LOST");
        assertThat(lost.number("/oldest")).isEqualTo(4);
        assertThat(client.get(machine + "/turns").number("/turns/0/seq")).isEqualTo(4);
        client.post(machine + "/reset").expect(200);
        assertThat(client.get(machine + "/turns?after=11").at("/turns")).isEmpty();
        burst(machine, 5, "");
        run(machine);
        assertThat(client.get(machine + "/turns?after=11").number("/turns/0/seq")).isEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'arrival': 5} | /arrival",
                "{'arrival': -1, 'program': {'accesses': []}} | /arrival",
                "{'arrival': 1.5, 'program': {'accesses': []}} | /arrival",
                "{'arrival': 99, 'program': {'accesses': []}} | /arrival",
                "{'arrival': 2000000000000000, 'program': {'accesses': []}} | /arrival"
            })
    void badArrivalsAreSaidSo(String body, String pointer) {
        String machine = client.machine(PLAIN.formatted(10, ""));
        burst(machine, 100, "");
        run(machine);
        String digest = client.digest(machine);
        client.post(machine + "/processes", body).expectBadField(pointer);
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    @Test
    void badTurnsAreSaidSo() {
        String machine = client.machineWithProcess("{}");
        for (String query : List.of("after=-1", "after=x", "limit=0", "limit=99999", "cursor=x")) {
            client.get(machine + "/turns?" + query).expect(400);
        }
        client.post(machine + "/processes/1/exec", "{'arrival': 1}").expectBadField("/arrival");
    }

    /** One disk that needs S ticks a page serves one access in S ticks at most. */
    @Test
    void throughputNeverPassesWhatTheDiskCanDo() {
        Answer points =
                client.post(
                                "/v1/experiments/multiprogramming",
                                "{'degrees': [1, 4, 16], 'diskTicks': [1000], 'ticks': 1000000,"
                                        + " 'think': 0, 'machine': {'frames': 16,"
                                        + " 'replacement': {'policy': 'lru'}},"
                                        + " 'program': {'kind': 'loop', 'pages': 40, 'writes': 0.99,"
                                        + " 'accesses': 100000000}}")
                        .expect(200);
        for (JsonNode point : points.at("/points")) {
            assertThat(point.get("pageTicks").asLong()).isEqualTo(1000);
            assertThat(point.get("diskTicks").asLong())
                    .isLessThanOrEqualTo(point.get("ticks").asLong());
            assertThat(point.get("diskUtilisation").asDouble()).isBetween(0.6, 1.0);
            assertThat(point.get("throughput").asDouble()).isBetween(0.3, 1.0);
            assertThat(point.get("efficiency").asDouble())
                    .isLessThanOrEqualTo(point.get("utilisation").asDouble());
        }
    }

    /** How many different pages lie between, and what came for the first time. */
    @Test
    void reuseDistancesAreAllAccesses() {
        String pages = "1 1 2 3 1 2 2 4 5 6 7 3";
        String trace = client.postText("/v1/traces", "text/x-pages", pages).text("/id");
        Answer reuse = client.get("/v1/traces/" + trace + "/reuse-distances").expect(200);
        assertThat(reuse.number("/firstTouches")).isEqualTo(7);
        long all = reuse.number("/firstTouches");
        StringBuilder buckets = new StringBuilder();
        for (JsonNode bucket : reuse.at("/buckets")) {
            all += bucket.get("accesses").asLong();
            buckets.append(bucket.get("from")).append('-').append(bucket.get("to"));
            buckets.append(':').append(bucket.get("accesses")).append(' ');
        }
        assertThat(all).isEqualTo(reuse.number("/accesses")).isEqualTo(12);
        // 1 1 and 2 2 with none between; 1 and 2 with two; 3 with 1, 2, 4, 5, 6 and 7
        assertThat(buckets.toString()).isEqualTo("0-0:2 1-1:0 2-3:2 4-6:1 ");
        client.delete("/v1/traces/" + trace).expect(204);
    }
}

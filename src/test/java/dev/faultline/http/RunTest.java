package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.List;

/** Processes with programs, as a client makes and runs them. */
@Tag("slow")
class RunTest extends HttpTest {

    private static final String SMALL =
            "{'frames': 16, 'scheduler': {'quantum': 500}, 'costs': {'swapIn': 2000, 'swapOut': 2000}}";

    private void program(String machine, String program) {
        client.post(machine + "/processes", "{'program': " + program + "}").expect(201);
    }

    @Test
    void programsRunToTheirEnds() {
        String machine = client.machine(SMALL);
        program(machine, "{'generator': {'kind': 'zipf', 'pages': 40, 'writes': 0.3}}");
        program(machine, "{'generator': {'kind': 'loop', 'pages': 20, 'accesses': 500}}");
        program(machine, "{'accesses': [{'op': 'write', 'address': '0x1ffe', 'size': 4}]}");
        Answer before = client.get(machine + "/processes/1").expect(200);
        assertThat(before.text("/state")).isEqualTo("ready");
        assertThat(before.number("/program/accesses")).isEqualTo(10_000);
        Answer run = client.post(machine + "/run", "{'until': 'done'}").expect(200);
        assertThat(run.text("/reason")).isEqualTo("done");
        assertThat(run.number("/counters/accesses")).isEqualTo(10_000 + 500 + 2);
        assertThat(run.number("/ticks"))
                .isEqualTo(run.number("/cpuTicks") + run.number("/idleTicks"));
        assertThat(run.at("/utilisation").asDouble()).isBetween(0.01, 1.0);
        assertThat(run.at("/finished")).hasSize(3);
        assertThat(run.number("/finished/0/pid")).isEqualTo(3);
        Answer ended = client.get(machine + "/processes/3").expect(200);
        assertThat(ended.text("/state")).isEqualTo("terminated");
        assertThat(ended.number("/finishedAt")).isEqualTo(run.number("/finished/0/finishedAt"));
        assertThat(run.version()).isEqualTo(run.number("/version"));
        assertThat(client.post(machine + "/run").expect(200).number("/ticks")).isZero();
        Answer time = client.get(machine + "/time").expect(200);
        long sum = 0;
        for (JsonNode part : time.at("/breakdown")) {
            sum += part.asLong();
        }
        assertThat(sum).isEqualTo(time.number("/ticks"));
        assertThat(time.number("/clock")).isEqualTo(run.number("/clock"));
    }

    /** In pieces of any kind, or in one, or behind the answer: the same digest. */
    @Test
    void howARunIsAskedForDoesNotMatter() throws InterruptedException {
        String[] machines = {client.machine(SMALL), client.machine(SMALL), client.machine(SMALL)};
        for (String machine : machines) {
            program(machine, "{'generator': {'kind': 'random', 'pages': 30, 'writes': 0.5}}");
            program(machine, "{'generator': {'kind': 'phases', 'pages': 60}, 'think': 7}");
        }
        client.post(machines[0] + "/run", "{}").expect(200);
        client.post(machines[1] + "/run", "{'until': {'fault': true}}").expect(200);
        client.post(machines[1] + "/run", "{'until': {'ticks': 123456}}").expect(200);
        client.post(machines[1] + "/run", "{'until': {'accesses': 3333}}").expect(200);
        client.post(machines[1] + "/run", "{'until': {'counters': {'evictions': 40}}}").expect(200);
        String clone = client.post(machines[1] + "/clone").expect(201).text("/id");
        client.post(machines[1] + "/run", "{'until': 'done'}").expect(200);
        client.post("/v1/machines/" + clone + "/run", "{}").expect(200);
        Answer accepted =
                client.post(machines[2] + "/run", "{}", "Prefer", "respond-async").expect(202);
        String operation = String.valueOf(accepted.header("Location"));
        Answer shown = client.get(operation).expect(200);
        for (int i = 0; i < 200 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(20);
            shown = client.get(operation).expect(200);
        }
        assertThat(shown.text("/state")).isEqualTo("done");
        assertThat(shown.text("/result/reason")).isEqualTo("done");
        String digest = client.get(machines[0]).text("/digest");
        assertThat(client.get(machines[1]).text("/digest")).isEqualTo(digest);
        assertThat(client.get(machines[2]).text("/digest")).isEqualTo(digest);
        assertThat(client.get("/v1/machines/" + clone).text("/digest")).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sequential",
                "strided",
                "loop",
                "random",
                "zipf",
                "phases",
                "matrix-rows",
                "matrix-columns",
                "quicksort",
                "linked-list",
                "garbage-collector"
            })
    void everyGeneratorRuns(String kind) {
        String machine = client.machine(SMALL);
        program(machine, "{'generator': {'kind': '" + kind + "', 'bytes': 100000, 'seed': 3}}");
        Answer run = client.post(machine + "/run", "{}").expect(200);
        assertThat(run.number("/counters/accesses")).isBetween(9_000L, 10_000L);
        assertThat(run.number("/counters/signals")).isZero();
        assertThat(run.number("/counters/pageFaults")).isPositive();
    }

    /** Down the columns of what lies in rows costs far more faults than along them. */
    @Test
    void matricesByRowsAndByColumns() {
        long[] faults = new long[2];
        String[] kinds = {"matrix-rows", "matrix-columns"};
        for (int i = 0; i < 2; i++) {
            String machine = client.machine("{'frames': 24, 'pageSize': 256}");
            program(
                    machine,
                    "{'generator': {'kind': '%s', 'bytes': 24576, 'accesses': 100000}}"
                            .formatted(kinds[i]));
            faults[i] = client.post(machine + "/run", "{}").number("/counters/pageFaults");
        }
        assertThat(faults[1]).isGreaterThan(10 * faults[0]);
    }

    @Test
    void aStoredTraceIsAProgram() {
        String trace = client.postText("/v1/traces", "text/x-pages", "1 2 3 1 2 3").text("/id");
        String machine = client.machine("{'frames': 2}");
        program(machine, "{'trace': '" + trace + "'}");
        Answer run = client.post(machine + "/run", "{}").expect(200);
        assertThat(run.number("/counters/accesses")).isEqualTo(6);
        client.delete("/v1/traces/" + trace).expect(204);
    }

    /** The more processes, the busier; until their working sets do not fit any more. */
    @Test
    void thrashingShows() {
        Answer curve =
                client.post("/v1/experiments/multiprogramming", "{'degrees': [1, 2, 4, 16]}")
                        .expect(200);
        double[] utilisation = new double[4];
        for (int i = 0; i < 4; i++) {
            utilisation[i] = curve.at("/points/" + i + "/utilisation").asDouble();
        }
        assertThat(utilisation[1]).isGreaterThan(1.15 * utilisation[0]);
        assertThat(utilisation[2]).isGreaterThan(utilisation[1]);
        assertThat(utilisation[3]).isLessThan(utilisation[2] / 2);
        assertThat(curve.at("/points/3/faultRate").asDouble())
                .isGreaterThan(4 * curve.at("/points/2/faultRate").asDouble());
        assertThat(curve.at("/points/3/throughput").asDouble())
                .isLessThan(curve.at("/points/2/throughput").asDouble());
    }

    @Test
    void anExperimentThatWouldTakeTooMuchIsRefused() {
        client.post(
                        "/v1/experiments/multiprogramming",
                        "{'degrees': [100], 'program': {'kind': 'zipf', 'pages': 1000000}}")
                .expectBadField("/program");
    }

    /** With enough frames nothing thrashes; a quicker disk helps too. */
    @Test
    void framesAndDisksAreVariedToo() {
        Answer points =
                client.post(
                                "/v1/experiments/multiprogramming",
                                "{'degrees': [12], 'frames': [64, 1024], 'diskTicks': [3000, 50000]}")
                        .expect(200);
        assertThat(points.at("/points")).hasSize(4);
        assertThat(points.number("/points/1/pageTicks")).isEqualTo(50_000);
        double slow = points.at("/points/1/utilisation").asDouble();
        assertThat(points.at("/points/0/utilisation").asDouble()).isGreaterThan(slow);
        assertThat(points.at("/points/3/utilisation").asDouble()).isGreaterThan(2 * slow);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'program': {}} | /program",
                "{'program': {'trace': 'x', 'accesses': []}} | /program",
                "{'program': {'generator': {}}} | /program/generator/kind",
                "{'program': {'generator': {'kind': 'x'}}} | /program/generator/kind",
                "{'program': {'generator': {'kind': 'zipf', 'pages': 99999999}}}"
                        + " | /program/generator",
                "{'program': {'generator': {'kind': 'loop', 'writes': 2}}}"
                        + " | /program/generator/writes",
                "{'program': {'accesses': [{'op': 'read', 'address': '0xffffffffffffff'}]}}"
                        + " | /program/accesses/0/address",
                "{'program': {'accesses': [{'op': 'jump', 'address': 1}]}}"
                        + " | /program/accesses/0/op"
            })
    void badProgramsAreSaidSo(String body, String pointer) {
        client.post(client.machine("{}") + "/processes", body).expectBadField(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'until': 'never'} | /until",
                "{'until': {'ticks': -1}} | /until/ticks",
                "{'until': {'ticks': 1, 'accesses': 1}} | /until",
                "{'until': {'counters': {'tlbHits': 1}}} | /until/counters/tlbHits",
                "{'until': {'fault': false}} | /until/fault"
            })
    void badRunsAreSaidSo(String body, String pointer) {
        client.post(client.machine("{}") + "/run", body).expectBadField(pointer);
    }

    @Test
    void optimalTakesItsFutureFromAProgram() {
        String program = "{'program': {'generator': {'kind': 'loop', 'pages': 12}}}";
        long least = Long.MAX_VALUE;
        for (String policy : List.of("fifo", "lru", "optimal")) {
            String machine =
                    client.machine(
                            "{'frames': 8, 'replacement': {'policy': '%s'}}".formatted(policy));
            client.post(machine + "/processes", program).expect(201);
            Answer ran = client.post(machine + "/run", "{}").expect(200);
            long faults = ran.number("/counters/pageFaults");
            assertThat(faults).isLessThan(least + (policy.equals("lru") ? 1 : 0));
            least = faults;
        }
    }

    @Test
    void aFutureThatIsTooLongIsRefused() {
        String machine = client.machine("{'replacement': {'policy': 'optimal'}}");
        client.post(
                        machine + "/processes",
                        "{'program': {'generator': {'kind': 'loop', 'accesses': 4000001}}}")
                .expect(201);
        client.post(machine + "/run", "{}").expectProblem(409, "PROGRAMS_TOO_LONG");
    }

    @Test
    void theBackgroundIsShown() {
        String machine =
                client.machine(
                        """
                        {"frames": 16, "costs": {"preset": "hard-disk", "tlbLookup": 2},
                         "reclaim": {"min": 1, "low": 2, "high": 4, "dirtyBackground": 40},
                         "readAhead": {"swap": 4, "stride": 2}}""");
        Answer made = client.get(machine).expect(200);
        assertThat(made.number("/costs/seek")).isEqualTo(8_000_000);
        assertThat(made.number("/costs/tlbLookup")).isEqualTo(2);
        assertThat(made.number("/reclaim/high")).isEqualTo(4);
        assertThat(made.number("/readAhead/swap")).isEqualTo(4);
        assertThat(made.text("/scheduler/loadControl/kind")).isEqualTo("none");
        program(machine, "{'generator': {'kind': 'loop', 'pages': 40, 'writes': 0.5}}");
        program(machine, "{'generator': {'kind': 'loop', 'pages': 20, 'accesses': 500}}");
        Answer run = client.post(machine + "/run", "{}").expect(200);
        assertThat(run.number("/pressure/someTicks")).isPositive();
        assertThat(run.at("/pressure/full").asDouble()).isBetween(0.01, 1.0);
        Answer now = client.get(machine + "/background").expect(200);
        for (String field :
                List.of(
                        "daemonWakes",
                        "daemonEvictions",
                        "cleaned",
                        "prefetches",
                        "prefetchHits",
                        "diskTicks")) {
            assertThat(now.number("/" + field)).as(field).isPositive();
        }
        assertThat(now.number("/prefetches")).isGreaterThanOrEqualTo(now.number("/prefetchHits"));
        assertThat(now.number("/freeFrames")).isEqualTo(16);
        Answer time = client.get(machine + "/time").expect(200);
        long sum = 0;
        for (JsonNode part : time.at("/breakdown")) {
            sum += part.asLong();
        }
        assertThat(sum).isEqualTo(time.number("/ticks"));
    }

    /** The curve of every textbook, and what load control makes of its end. */
    @Test
    void loadControlEndsThrashing() {
        Answer points =
                client.post(
                                "/v1/experiments/multiprogramming",
                                "{'degrees': [4, 16], 'loadControls': ['none', 'working-set']}")
                        .expect(200);
        assertThat(points.at("/points")).hasSize(4);
        double best = points.at("/points/0/throughput").asDouble();
        double thrashing = points.at("/points/1/throughput").asDouble();
        double controlled = points.at("/points/3/throughput").asDouble();
        assertThat(points.text("/points/3/loadControl")).isEqualTo("working-set");
        assertThat(points.number("/points/1/putOut")).isZero();
        assertThat(points.number("/points/3/putOut")).isPositive();
        assertThat(thrashing).isLessThan(best / 2);
        assertThat(controlled).isGreaterThan(1.5 * thrashing);
        assertThat(points.at("/points/1/pressure/full").asDouble())
                .isGreaterThan(points.at("/points/3/pressure/full").asDouble());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'frames': 8, 'reclaim': {'high': 8}} | /reclaim/high",
                "{'reclaim': {'low': 3, 'high': 2}} | /reclaim/low",
                "{'reclaim': {'min': 1}} | /reclaim/min",
                "{'reclaim': {'dirtyBackground': 50, 'dirtyLimit': 40}} | /reclaim/dirtyBackground",
                "{'readAhead': {'swap': 0}} | /readAhead/swap",
                "{'costs': {'preset': 'tape'}} | /costs/preset",
                "{'scheduler': {'loadControl': {'kind': 'x'}}} | /scheduler/loadControl/kind"
            })
    void badBackgroundsAreSaidSo(String body, String pointer) {
        client.post("/v1/machines", body).expectBadField(pointer);
    }

    /** One process goes round more pages than there are; the other keeps its own, if it may. */
    @Test
    void aGroupKeepsItsFrames() {
        String group = "{'limit': 8, 'protectedFrames': 6}";
        long[] faults = new long[2];
        for (int i = 0; i < 2; i++) {
            String machine =
                    client.machine(
                            "{'frames': 16, 'replacement': {'policy': 'lru'}, 'scheduler': {'quantum': 2000}}");
            client.put(machine + "/groups/small", group).expect(200);
            program(machine, "{'generator': {'kind': 'loop', 'pages': 40}}");
            client.post(
                            machine + "/processes",
                            "{'program': {'generator': {'kind': 'random', 'pages': 6}, 'think': 3000}%s}"
                                    .formatted(i == 0 ? "" : ", 'group': 'small'"))
                    .expect(201);
            client.post(machine + "/run", "{}").expect(200);
            faults[i] = client.get(machine + "/processes/2").number("/counters/pageFaults");
            Answer groups = client.get(machine + "/groups").expect(200);
            assertThat(groups.number("/groups/0/counters/pageFaults"))
                    .isEqualTo(i == 0 ? 0 : faults[1]);
            assertThat(groups.at("/groups/0/pids")).hasSize(i);
        }
        assertThat(faults[1]).isEqualTo(6);
        assertThat(faults[0]).isGreaterThan(100);
    }

    @Test
    void badGroupsAreSaidSo() {
        String machine = client.machine("{}");
        Answer named =
                client.put(machine + "/groups/Big", "{'limit': 8}")
                        .expectProblem(400, "INVALID_PARAMETER");
        assertThat(named.text("/detail")).startsWith("name: must match");
        client.put(machine + "/groups/g", "{}").expectBadField("/limit");
        client.put(machine + "/groups/g", "{'limit': 0}").expectBadField("/limit");
        client.put(machine + "/groups/g", "{'limit': 2, 'protectedFrames': 3}")
                .expectBadField("/protectedFrames");
        client.post(machine + "/processes", "{'group': 'none'}").expectBadField("/group");
        client.post(machine + "/processes", "{}").expect(201);
        Answer refused =
                client.put(machine + "/processes/1/group", "{'group': 'none'}").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOENT");
        client.put(machine + "/groups/g", "{'limit': 2}").expect(200);
        Answer joined = client.put(machine + "/processes/1/group", "{'group': 'g'}").expect(200);
        assertThat(joined.text("/group")).isEqualTo("g");
    }
}

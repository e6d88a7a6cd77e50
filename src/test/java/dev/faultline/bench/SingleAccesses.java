package dev.faultline.bench;

import dev.faultline.FaultlineApplication;

import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a single access over HTTP costs, against endpoints of the same server that parse and echo
 * the same JSON: one whose path is fixed, and one whose path has the same variables. The server is
 * a process of its own, with virtual and with platform threads, and its processor time is counted.
 * Rounds alternate, so that all sides meet the same machine; medians are printed.
 */
public final class SingleAccesses {

    private static final int ROUNDS = 7;
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final String BODY = "{\"accesses\":[{\"op\":\"read\",\"address\":\"0x6004\"}]}";
    private static final String ACCESS = "/v1/machines/single/processes/1/accesses";
    private static final List<String> PATHS =
            List.of(ACCESS, "/echo", "/echo/single/processes/1/accesses");

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

        @PostMapping(
                path = "/echo/{machine}/processes/{pid}/accesses",
                consumes = MediaType.APPLICATION_JSON_VALUE,
                produces = MediaType.APPLICATION_JSON_VALUE)
        public Map<String, Object> echo(
                @PathVariable String machine,
                @PathVariable int pid,
                @RequestBody Map<String, Object> body) {
            return body;
        }
    }

    /** What is measured of one path: requests a second, and the server's microseconds for each. */
    private record Round(double rate, double micros) {}

    private static Round play(BenchServer server, String path, int connections, Duration time)
            throws Exception {
        Duration before = server.cpu();
        HttpLoad.Result result = HttpLoad.run(server.port(), path, BODY, connections, time);
        double micros = server.cpu().minus(before).toNanos() / 1e3 / result.answered();
        return new Round(result.rate(), micros);
    }

    private static BenchServer start(boolean virtual) throws Exception {
        BenchServer server =
                BenchServer.start(
                        SingleAccesses.class, "--spring.threads.virtual.enabled=" + virtual);
        HttpLoad.post(server.port(), "/v1/machines", "{\"id\":\"single\"}");
        HttpLoad.post(server.port(), "/v1/machines/single/processes", "{}");
        return server;
    }

    private SingleAccesses() {}

    /** Measures; with arguments it is the server that is measured. */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            SpringApplication application =
                    new SpringApplication(FaultlineApplication.class, Echo.class);
            application.setAdditionalProfiles("bench");
            application.run(args);
            return;
        }
        try (BenchServer virtual = start(true);
                BenchServer platform = start(false)) {
            List<BenchServer> servers = List.of(virtual, platform);
            for (BenchServer server : servers) {
                for (int i = 0; i < 2; i++) {
                    for (String path : PATHS) {
                        play(server, path, 16, WARM_UP);
                    }
                }
            }
            for (int connections : new int[] {16, 64}) {
                measure(servers, connections);
            }
        }
    }

    private static void measure(List<BenchServer> servers, int connections) throws Exception {
        List<List<Round[]>> rounds = List.of(new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round < ROUNDS; round++) {
            for (int server = 0; server < servers.size(); server++) {
                Round[] played = new Round[PATHS.size()];
                for (int i = 0; i < played.length; i++) {
                    int path = (i + round) % played.length; // no path is always the first
                    played[path] = play(servers.get(server), PATHS.get(path), connections, ROUND);
                }
                rounds.get(server).add(played);
            }
        }
        print("virtual", connections, rounds.get(0));
        print("platform", connections, rounds.get(1));
    }

    private static void print(String threads, int connections, List<Round[]> rounds) {
        System.out.printf(
                Locale.ROOT,
                "%s threads, %d connections: accesses %.0f a second, %.1f us of CPU each; echo %.0f,"
                        + " %.1f us, ratio %.3f; echo with variables %.0f, %.1f us, ratio %.3f%n",
                threads,
                connections,
                median(rounds.stream().mapToDouble(each -> each[0].rate).toArray()),
                median(rounds.stream().mapToDouble(each -> each[0].micros).toArray()),
                median(rounds.stream().mapToDouble(each -> each[1].rate).toArray()),
                median(rounds.stream().mapToDouble(each -> each[1].micros).toArray()),
                median(rounds.stream().mapToDouble(each -> each[0].rate / each[1].rate).toArray()),
                median(rounds.stream().mapToDouble(each -> each[2].rate).toArray()),
                median(rounds.stream().mapToDouble(each -> each[2].micros).toArray()),
                median(rounds.stream().mapToDouble(each -> each[0].rate / each[2].rate).toArray()));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}

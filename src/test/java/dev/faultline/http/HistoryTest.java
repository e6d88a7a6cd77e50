package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happened to a machine, and how it was: records, earlier versions, and the way back. */
@Tag("slow")
class HistoryTest extends HttpTest {

    private static final String SMALL =
            "{'frames': 4, 'addressBits': 20, 'tlb': {'entries': 4}, 'cpus': 2, 'swap': {'slots':"
                    + " 16}, 'scheduler': {'quantum': 300}, 'costs': {'swapIn': 50}}";

    /** What an endpoint shows at a moment. */
    private record Shown(int status, String body, String tag) {

        static Shown of(Answer answer) {
            return new Shown(
                    answer.status(),
                    answer.text(),
                    answer.headers().firstValue("ETag").orElse("none"));
        }
    }

    /** Paths below a machine of everything that can be asked at a version, by the document. */
    private List<String> views() {
        List<String> views = new ArrayList<>();
        JsonNode document = client.get("/v3/api-docs").json();
        document.at("/paths")
                .propertyStream()
                .filter(path -> path.getKey().startsWith("/v1/machines/{machine}"))
                .filter(path -> takesVersion(path.getValue().path("get")))
                .forEach(path -> views.addAll(filledIn(path.getKey())));
        assertThat(views).hasSizeGreaterThan(30);
        return views;
    }

    private static boolean takesVersion(JsonNode operation) {
        return operation
                .path("parameters")
                .valueStream()
                .anyMatch(each -> each.path("name").asString().equals("at"));
    }

    private static List<String> filledIn(String template) {
        String path = template.substring("/v1/machines/{machine}".length());
        List<String> paths = new ArrayList<>();
        for (int pid = 1; pid <= (path.contains("{pid}") ? 3 : 1); pid++) {
            String query =
                    path.equals("/memory")
                            ? "?pid=1&address=0x1000&length=16"
                            : path.equals("/translations") ? "?pid=1&address=0x2000" : "?";
            paths.add(
                    path.replace("{pid}", "" + pid)
                                    .replace("{name}", "notes")
                                    .replace("{start}", "0x1000")
                            + query
                            + (path.endsWith("mincore") ? "length=4096" : ""));
        }
        return paths;
    }

    private Map<String, Shown> look(String machine, List<String> views, String more) {
        Map<String, Shown> seen = new HashMap<>();
        for (String view : views) {
            String joint = more.isEmpty() ? "" : view.endsWith("?") ? more : "&" + more;
            String path = (machine + view + joint).replaceAll("\\?$", "");
            seen.put(view, Shown.of(client.get(path)));
        }
        return seen;
    }

    private List<Runnable> life(String machine) {
        String process = machine + "/processes/1";
        return List.of(
                () -> client.post(machine + "/processes").expect(201),
                () -> client.access(machine, "write 0x1000", "read 0x2000", "write 0x3000"),
                () -> client.access(machine, "write 0x4000", "write 0x5000", "read 0x1000"),
                () -> client.post(process + "/fork").expect(201),
                () -> client.access(machine, "write 0x1000"),
                () ->
                        client.send(
                                        "PUT",
                                        machine + "/files/notes",
                                        "application/octet-stream",
                                        "paging".repeat(900).getBytes(StandardCharsets.UTF_8))
                                .expect(201),
                () -> client.put(machine + "/groups/all", "{'limit': 3}").expect(200),
                () -> client.put(machine + "/processes/2/group", "{'group': 'all'}").expect(200),
                () ->
                        client.postText(
                                        process + "/trace",
                                        Client.LACKEY,
                                        " L 1000,1\n S 6000,8\n L 7000,4\n".repeat(50))
                                .expect(200),
                () -> client.post(machine + "/frames/1/pin").expect(200),
                () ->
                        client.post(
                                        machine + "/processes",
                                        "{'program': {'generator': {'kind': 'random', 'accesses':"
                                                + " 200, 'bytes': 32768, 'writes': 0.3}}}")
                                .expect(201),
                () -> client.post(machine + "/run", "{'until': {'accesses': 77}}").expect(200),
                () -> client.post(machine + "/run").expect(200),
                () -> client.post(machine + "/processes/2/exit").expect(200),
                () -> client.post(machine + "/reset").expect(200),
                () -> client.post(machine + "/processes").expect(201),
                () -> client.access(machine, "write 0x1000"),
                () -> client.post(machine + "/rewind", "{'to': 9}").expect(200),
                () -> client.access(machine, "execute 0x9000"));
    }

    @Test
    void everyVersionIsShownAsItWas() {
        String machine = client.machine(SMALL);
        List<String> views = views();
        assertThat(views).anyMatch(view -> view.startsWith("/events"));
        List<Map<String, Shown>> seen = new ArrayList<>();
        seen.add(look(machine, views, ""));
        for (Runnable event : life(machine)) {
            event.run();
            seen.add(look(machine, views, ""));
        }
        long present = client.version(machine);
        assertThat(present).isEqualTo(seen.size());
        for (int version = 1; version <= present; version++) {
            Map<String, Shown> then = look(machine, views, "at=" + version);
            Map<String, Shown> expected = seen.get(version - 1);
            for (String view : views) {
                assertThat(then.get(view))
                        .as("%s at %d", view, version)
                        .isEqualTo(expected.get(view));
            }
        }
        assertThat(client.version(machine)).isEqualTo(present);
    }

    @Test
    void eachVersionHasARecord() {
        String machine = client.machine(SMALL);
        life(machine).forEach(Runnable::run);
        Answer all = client.get(machine + "/history").expect(200);
        assertThat(all.number("/oldestVersion")).isEqualTo(1);
        long version = 2;
        long events = 1;
        for (JsonNode record : all.at("/records")) {
            assertThat(record.at("/version").asLong()).isEqualTo(version++);
            assertThat(record.at("/request/requestId").asString()).isNotEmpty();
            assertThat(record.at("/commands")).isNotEmpty();
            assertThat(record.at("/events/from").asLong()).isEqualTo(events);
            events = record.at("/events/to").asLong() + 1;
        }
        assertThat(version).isEqualTo(client.version(machine) + 1);
        assertThat(all.text("/records/1/commands/0/command")).isEqualTo("access");
        assertThat(all.number("/records/1/commands/0/pid")).isEqualTo(1);
        assertThat(all.number("/records/1/commands/0/accesses")).isEqualTo(3);
        assertThat(all.text("/records/1/request/operation")).isEqualTo("issueAccesses");
        assertThat(all.text("/records/14/commands/0/command")).isEqualTo("reset");
        assertThat(all.number("/records/17/commands/0/to")).isEqualTo(9);
        Answer part = client.get(machine + "/history?after=5&limit=2").expect(200);
        assertThat(part.number("/records/0/version")).isEqualTo(6);
        String cursor = part.text("/nextCursor");
        assertThat(client.get(machine + "/history?cursor=" + cursor).number("/records/0/version"))
                .isEqualTo(8);
    }

    /** A trace may switch processes at each line. */
    @Test
    void aListThatHasManyCommandsIsCut() {
        String machine = client.machine("{'frames': 8}");
        String switches = "2\n1\n0 7 0 0\n1\n0 7 0 0\n" + "c 0\nc 1\n".repeat(2000);
        int traces = 12;
        for (int i = 0; i < traces; i++) {
            client.postText(machine + "/trace", "text/x-nyu-mmu", switches).expect(200);
            client.post(machine + "/reset").expect(200);
        }
        List<JsonNode> records = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode part = client.get(machine + "/history?limit=1000" + cursor).json();
            part.at("/records").forEach(records::add);
            assertThat(part.at("/records").size()).isLessThan(2 * traces);
            JsonNode next = part.at("/nextCursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.asString();
        } while (!cursor.isEmpty());
        assertThat(records).hasSize(2 * traces);
        assertThat(records)
                .filteredOn(each -> each.at("/request/operation").asString().contains("Trace"))
                .hasSize(traces)
                .allSatisfy(
                        each -> {
                            assertThat(each.at("/commands")).hasSize(1000);
                            assertThat(each.at("/moreCommands").asLong())
                                    .as("commands beside the first 1000, at least one a line")
                                    .isGreaterThanOrEqualTo(3000);
                        });
        client.get(machine + "/export").expect(200);
    }

    @Test
    void aRecordNamesItsRequest() {
        String machine = client.machine("{}");
        client.post(
                        machine + "/processes",
                        "{}",
                        "Request-Id",
                        "homework-3",
                        "Idempotency-Key",
                        "k-17")
                .expect(201);
        Answer history = client.get(machine + "/history");
        assertThat(history.text("/records/0/request/operation")).isEqualTo("createProcess");
        assertThat(history.text("/records/0/request/requestId")).isEqualTo("homework-3");
        assertThat(history.text("/records/0/request/idempotencyKey")).isEqualTo("k-17");
    }

    @Test
    void aRewindIsUndoneByARewind() {
        String machine = client.machine(SMALL);
        life(machine).forEach(Runnable::run);
        long present = client.version(machine);
        String digest = client.digest(machine);
        String earlier = client.get(machine + "?at=10").text("/digest");
        Answer back = client.post(machine + "/rewind", "{'to': 10}").expect(200);
        assertThat(back.text("/digest")).isEqualTo(earlier);
        assertThat(back.version()).isEqualTo(present + 1);
        assertThat(client.post(machine + "/rewind", "{'to': 10}").expect(200).version())
                .isEqualTo(present + 1);
        Answer again = client.post(machine + "/rewind", "{'to': " + present + "}").expect(200);
        assertThat(again.text("/digest")).isEqualTo(digest);
        assertThat(again.version()).isEqualTo(present + 2);
    }

    @Test
    void theSameCommandsAfterARewindGiveTheSameDigests() {
        String machine = client.machine(SMALL);
        life(machine).subList(0, 4).forEach(Runnable::run);
        List<String> digests = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            client.access(machine, "write 0x6000");
            digests.add(client.digest(machine));
            client.access(machine, "read 0x1000", "write 0x7000");
            digests.add(client.digest(machine));
            client.post(machine + "/rewind", "{'to': 5}").expect(200);
        }
        assertThat(digests.subList(2, 4)).isEqualTo(digests.subList(0, 2));
    }

    @Test
    void aCloneMayBeOfAnEarlierVersion() {
        String machine = client.machine(SMALL);
        life(machine).forEach(Runnable::run);
        Answer clone = client.post(machine + "/clone", "{'id': 'then', 'at': 6}").expect(201);
        assertThat(clone.text("/digest")).isEqualTo(client.get(machine + "?at=6").text("/digest"));
        client.access("/v1/machines/then", "write 0x1000");
        assertThat(client.get("/v1/machines/then?at=1").text("/digest"))
                .isEqualTo(clone.text("/digest"));
        client.post(machine + "/clone", "{'at': 99}").expectProblem(404, "NO_SUCH_VERSION");
        client.post(machine + "/clone", "{'at': 0}").expectBadField("/at");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1.5",
                "text",
                "9223372036854775808",
                "+1",
                "01",
                "1e2",
                "",
                "1,2"
            })
    void whatIsNoVersionIsRefused(String at) {
        String machine = client.machine("{}");
        client.get(machine + "?at=" + at.replace("+", "%2B"))
                .expectProblem(400, "INVALID_PARAMETER");
        client.get(machine + "/frames?at=" + at.replace("+", "%2B"))
                .expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void aVersionToComeIsNotThere() {
        String machine = client.machineWithProcess("{}");
        client.get(machine + "?at=3").expectProblem(404, "NO_SUCH_VERSION");
        client.get(machine + "/tlb?at=9223372036854775807").expectProblem(404, "NO_SUCH_VERSION");
        client.post(machine + "/rewind", "{'to': 3}").expectProblem(404, "NO_SUCH_VERSION");
        client.post(machine + "/rewind", "{'to': 0}").expectBadField("/to");
        client.post(machine + "/rewind", "{}").expectBadField("/to");
        client.post(machine + "/rewind", "{'to': null}").expectBadField("/to");
        assertThat(client.version(machine)).isEqualTo(2);
    }

    @Test
    void onlyWhatLooksAtAMachineHasVersions() {
        String machine = client.machineWithProcess("{}");
        for (String path : List.of("/history", "/metrics")) {
            client.get(machine + path + "?at=1").expectProblem(400, "INVALID_PARAMETER");
        }
        client.get(machine + "/events?at=1", "Accept", "text/event-stream")
                .expectProblem(400, "INVALID_PARAMETER");
        client.post(machine + "/reset?at=1", "{}").expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void whatDiffersIsWhatLeadsFromOneViewToTheOther() {
        String machine = client.machine(SMALL);
        life(machine).forEach(Runnable::run);
        long present = client.version(machine);
        for (long from = 1; from <= present; from += 3) {
            for (long to = from; to <= present; to += 4) {
                Answer diff =
                        client.get(machine + "/diff?from=" + from + "&to=" + to + "&limit=10000");
                ObjectNode state = state(machine, from);
                diff.expect(200).at("/changes").forEach(change -> apply(state, change));
                assertThat(state).as("%d to %d", from, to).isEqualTo(state(machine, to));
                assertThat(diff.at("/changes").isEmpty())
                        .isEqualTo(state(machine, from).equals(state));
            }
        }
        Answer whole = client.get(machine + "/diff?from=1&to=" + present).expect(200);
        List<JsonNode> parts = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            String at = cursor.isEmpty() ? "" : "&cursor=" + cursor;
            Answer part = client.get(machine + "/diff?from=1&limit=7&to=" + present + at);
            part.at("/changes").forEach(parts::add);
            cursor = part.isNull("/nextCursor") ? null : part.text("/nextCursor");
        }
        assertThat(parts).isEqualTo(whole.at("/changes").valueStream().toList());
        client.get(machine + "/diff?from=3&to=2").expectProblem(400, "INVALID_PARAMETER");
        client.get(machine + "/diff?from=0&to=2").expectProblem(400, "INVALID_PARAMETER");
        client.get(machine + "/diff?from=1&to=99").expectProblem(404, "NO_SUCH_VERSION");
    }

    /** The state at a version, put together from what the endpoints show. */
    private ObjectNode state(String machine, long version) {
        ObjectNode state = Answer.MAPPER.createObjectNode();
        String at = "?at=" + version;
        ObjectNode frames = state.putObject("frames");
        client.get(machine + "/frames" + at)
                .at("/frames")
                .forEach(each -> frames.set(each.get("frame").asString(), each));
        ObjectNode processes = state.putObject("processes");
        ObjectNode pages = state.putObject("pages");
        for (JsonNode process : client.get(machine + "/processes" + at).at("/processes")) {
            String pid = process.get("pid").asString();
            processes.set(pid, process);
            Answer list = client.get(machine + "/processes/" + pid + "/pages" + at);
            if (list.status() == 200 && !list.at("/pages").isEmpty()) {
                ObjectNode own = pages.putObject(pid);
                list.at("/pages").forEach(each -> own.set(each.get("page").asString(), each));
            }
        }
        ObjectNode tlb = state.putObject("tlb");
        for (JsonNode entry : client.get(machine + "/tlb" + at).at("/entries")) {
            String set = entry.get("set").asString();
            tlb.withObject("/" + entry.get("cpu").asString() + "/" + set)
                    .set(entry.get("way").asString(), entry);
        }
        ObjectNode swap = state.putObject("swap");
        client.get(machine + "/swap" + at)
                .at("/slots")
                .forEach(each -> swap.set(each.get("slot").asString(), each));
        return state;
    }

    private static void apply(ObjectNode state, JsonNode change) {
        String pointer = change.get("pointer").asString();
        if (pointer.startsWith("/files/")) {
            return;
        }
        int slash = pointer.lastIndexOf('/');
        ObjectNode owner = state.withObject(pointer.substring(0, slash));
        String name = pointer.substring(slash + 1);
        JsonNode old = owner.path(name);
        if (!change.get("from").isNull()) {
            assertThat(old).as(pointer).isEqualTo(change.get("from"));
        }
        boolean isThing =
                pointer.chars().filter(each -> each == '/').count() <= 3
                        && change.get("to").isNull()
                        && change.get("from").isObject();
        if (isThing) {
            owner.remove(name);
            if (owner.isEmpty() && slash > 0 && pointer.startsWith("/pages/")) {
                ((ObjectNode) state.get("pages")).remove(pointer.split("/", -1)[2]);
            }
        } else {
            owner.set(name, change.get("to"));
        }
    }

    @Test
    void whatAFileHoldsIsComparedByItsHash() {
        String machine = client.machineWithProcess("{}");
        String file = machine + "/files/notes";
        client.send("PUT", file, "application/octet-stream", new byte[] {1, 2}).expect(201);
        client.send("PUT", file, "application/octet-stream", new byte[] {1, 3}).expect(200);
        Answer diff = client.get(machine + "/diff?from=3&to=4").expect(200);
        assertThat(diff.text("/changes/0/pointer")).isEqualTo("/files/notes/sha256");
        assertThat(client.get(machine + "/diff?from=2&to=3").number("/changes/0/to/size"))
                .isEqualTo(2);
    }
}

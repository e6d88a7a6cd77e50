package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.Step.Look;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One machine's life over HTTP: requests are sent to it one after the other, and after each it is
 * checked that the answer is as documented and no failure of the server's, and that the laws of a
 * machine hold as far as views show. A law that does not raises {@link BrokenLaw}.
 */
final class Session {

    private static final int LOOKED_AT = 3;

    private final Client client;

    /** Every so many steps, all that can be seen is kept. */
    private static final int REMEMBERED = Integer.getInteger("faultline.sessions.remembered", 20);

    private final Views views;

    /** What was seen of some versions. */
    private final Map<Long, Map<String, Answer>> remembered = new TreeMap<>();

    private final String id;
    private final String machine;
    private final ObjectNode spec;
    private final MachineLaws laws = new MachineLaws();
    private final List<Step> played = new ArrayList<>();
    private final Set<String> starts = new TreeSet<>(Set.of("0x0"));
    private final Set<String> files = new TreeSet<>();
    private JsonNode shown = Answer.MAPPER.nullNode();

    /** The digest of each version that was looked at. */
    private final Map<Long, String> digests = new TreeMap<>();

    private List<JsonNode> processes = List.of();
    private FollowedMemory memory = new FollowedMemory(1);
    private boolean staleTlbs;
    private boolean kernelAccesses;
    private String firstDigest = "";
    private int requests;

    /**
     * @param id of the machine
     * @param spec the body that makes it
     */
    Session(Client client, Views views, String id, ObjectNode spec) {
        this.client = client;
        this.views = views;
        this.id = id;
        this.spec = spec;
        machine = "/v1/machines/" + id;
    }

    /** Makes the machine. */
    void begin() {
        shown = make(id);
        firstDigest = shown.get("digest").asString();
        memory = new FollowedMemory(shown.get("pageSize").asLong());
        staleTlbs = !shown.at("/tlb/invalidation").asString("all").equals("all");
        holds("a machine is as it was asked for", () -> laws.asked(spec, shown, ""));
        look();
    }

    private JsonNode make(String as) {
        ObjectNode body = spec.deepCopy();
        body.put("id", as);
        requests++;
        Answer made = client.post("/v1/machines", body.toString());
        holds("a valid spec makes a machine", () -> made.expect(201));
        return made.json();
    }

    /** The machine's representation as it was last read. */
    JsonNode shown() {
        return shown;
    }

    /** The processes as they were last read. */
    List<JsonNode> processes() {
        return processes;
    }

    /** Requests sent so far. */
    int requests() {
        return requests;
    }

    /** Sends a request and checks what must hold after it. */
    Answer play(Step step) {
        played.add(step);
        kernelAccesses |= step.path().startsWith("/kernel/");
        if (step.has(Look.STALE_MATCH)) {
            staleMatch(step);
        }
        JsonNode foretold = step.has(Look.FORETELL) ? foretell(step) : null;
        boolean again = step.has(Look.AGAIN) && step.method().equals("POST");
        String[] headers = again ? key(played.size()) : new String[0];
        Answer answer = send(step, headers);
        JsonNode before = shown;
        look();
        holds("a version names a state", () -> laws.version(before, shown, step, answer));
        if (played.size() % REMEMBERED == 0) {
            remember();
        }
        holds("the counters of an answer", () -> laws.counters(before, shown, step, answer));
        holds("counters add up", () -> laws.sums(shown, processes, kernelCounters()));
        if (foretold != null) {
            JsonNode told = foretold;
            holds("what was foretold comes about", () -> laws.foretold(told, step, answer));
        }
        if (again) {
            again(step, answer, headers);
        }
        if (!staleTlbs) {
            holds("what was written is read", () -> memory.follow(step, answer));
        }
        note(step, answer);
        lookCloser(step.looks());
        return answer;
    }

    private static String[] key(int number) {
        return new String[] {"Idempotency-Key", "key-" + number};
    }

    private Answer send(Step step, String... headers) {
        requests++;
        Answer[] answer = new Answer[1];
        holds(
                "every answer is as documented",
                () -> {
                    answer[0] = step.send(client, machine, headers);
                    assertThat(answer[0].status()).as("%s", answer[0]).isLessThan(500);
                });
        return Objects.requireNonNull(answer[0]);
    }

    private Answer get(String path) {
        requests++;
        Answer[] answer = new Answer[1];
        holds(
                "every view is as documented",
                () -> {
                    answer[0] = client.get(path);
                    assertThat(answer[0].status()).as("%s", answer[0]).isLessThan(500);
                });
        return Objects.requireNonNull(answer[0]);
    }

    private static void holds(String law, Runnable check) {
        try {
            check.run();
        } catch (AssertionError | RuntimeException e) {
            throw e instanceof BrokenLaw broken ? broken : new BrokenLaw(law, e);
        }
    }

    /** Reads what is checked after every request. */
    private void look() {
        shown = get(machine).json();
        digests.put(shown.get("version").asLong(), shown.get("digest").asString());
        JsonNode list = get(machine + "/processes?limit=1000").json().get("processes");
        List<JsonNode> all = new ArrayList<>();
        list.forEach(all::add);
        processes = all;
    }

    /** What the kernel has counted for itself, once it has made accesses. */
    private JsonNode kernelCounters() {
        return kernelAccesses
                ? get(machine + "/kernel/mappings").json().get("counters")
                : Answer.json("{}");
    }

    private void staleMatch(Step step) {
        Answer answer = send(step, "If-Match", "\"v999999\"");
        JsonNode before = shown;
        look();
        holds(
                "a stale If-Match changes nothing",
                () -> {
                    assertThat(answer.status()).as("%s", answer).isGreaterThanOrEqualTo(400);
                    assertThat(shown).isEqualTo(before);
                });
    }

    private @Nullable JsonNode foretell(Step step) {
        JsonNode access = step.json().at("/accesses/0");
        if (!access.has("address")) {
            return null; // a tick
        }
        boolean optimal = shown.at("/replacement/policy").asString().equals("optimal");
        if (optimal && step.json().at("/accesses").size() > 1) {
            return null; // the victim depends on the accesses behind
        }
        String pid = step.path().replaceAll("^/processes/([0-9]+)/.*", "$1");
        Answer answer =
                get(
                        machine
                                + "/translations?pid="
                                + pid
                                + "&address="
                                + access.path("address").asString()
                                + "&op="
                                + access.path("op").asString());
        return answer.json();
    }

    private void again(Step step, Answer first, String... headers) {
        Answer second = send(step, headers);
        JsonNode before = shown;
        look();
        holds(
                "a request that is repeated under its key changes nothing",
                () -> {
                    if (first.status() < 300) {
                        assertThat(second.header("Idempotency-Replayed")).isEqualTo("true");
                        assertThat(second.status()).isEqualTo(first.status());
                        assertThat(second.text()).isEqualTo(first.text());
                    }
                    assertThat(shown).isEqualTo(before);
                });
    }

    /** Keeps what later views need. */
    private void note(Step step, Answer answer) {
        if (answer.status() < 300
                && step.method().equals("PUT")
                && step.path().contains("/files/")) {
            files.add(step.action());
        }
        if (step.path().contains("/areas/0x")) {
            starts.add(step.path().replaceAll(".*/areas/(0x[0-9a-f]+).*", "$1"));
        }
    }

    private void lookCloser(Set<Look> looks) {
        if (looks.contains(Look.MAPPINGS)) {
            checkMappings();
        }
        if (looks.contains(Look.BYTES) && !staleTlbs) {
            checkBytes();
        }
        if (looks.contains(Look.CLONE) || looks.contains(Look.VIEWS)) {
            checkClone(looks.contains(Look.VIEWS));
        }
    }

    private void checkMappings() {
        JsonNode frames = get(machine + "/frames").json();
        List<MachineLaws.Pages> pages = new ArrayList<>();
        for (JsonNode process : processes) {
            int pid = process.get("pid").asInt();
            if (!process.get("state").asString().equals("terminated")) {
                JsonNode space = get(machine + "/processes/" + pid + "/descriptors").json();
                JsonNode list = get(machine + "/processes/" + pid + "/pages").json();
                pages.add(new MachineLaws.Pages(process, space.at("/mm/asid").asInt(), list));
            }
        }
        JsonNode swap = get(machine + "/swap").json();
        holds("frames and page tables agree", () -> laws.mappings(shown, frames, pages));
        holds("slots add up", () -> laws.slots(swap, pages));
    }

    private void checkBytes() {
        for (JsonNode process : processes) {
            int pid = process.get("pid").asInt();
            if (process.get("state").asString().equals("terminated")
                    || !memory.pids().contains(pid)) {
                continue;
            }
            for (long place : memory.places(pid, LOOKED_AT)) {
                String query = "/memory?pid=" + pid + "&address=" + place + "&length=8";
                Answer answer = get(machine + query);
                if (answer.status() == 200) {
                    holds(
                            "memory has what was written",
                            () -> memory.compareBytes(pid, place, answer.text("/bytes")));
                }
            }
        }
    }

    /** A clone has the same digest and the same views, and looking changes nothing. */
    private void checkClone(boolean everything) {
        String copy = id + "-c";
        requests++;
        Answer made = client.post(machine + "/clone", "{'id': '" + copy + "'}");
        holds("a machine can be cloned", () -> made.expect(201));
        try {
            holds(
                    "a clone has the same digest",
                    () ->
                            assertThat(made.text("/digest"))
                                    .isEqualTo(shown.get("digest").asString()));
            if (everything) {
                compareViews(copy);
            }
        } finally {
            requests++;
            client.delete("/v1/machines/" + copy);
        }
    }

    /** The paths of what there is to see now. */
    private List<String> views() {
        List<Integer> pids =
                processes.stream()
                        .map(process -> process.get("pid").asInt())
                        .sorted((a, b) -> b - a)
                        .limit(LOOKED_AT)
                        .toList();
        return views.paths(pids, starts, files);
    }

    /** Keeps all views of this version, to be compared with what is shown of it later. */
    private void remember() {
        Map<String, Answer> seen = new TreeMap<>();
        views().forEach(path -> seen.put(path, get(machine + path)));
        remembered.put(shown.get("version").asLong(), seen);
    }

    private void checkRemembered() {
        remembered.forEach(
                (version, seen) ->
                        seen.forEach(
                                (path, then) -> {
                                    String at = path.contains("?") ? "&at=" : "?at=";
                                    Answer again = get(machine + path + at + version);
                                    holds(
                                            "a view of a version is what it was, byte for byte",
                                            () -> {
                                                assertThat(again.status())
                                                        .as("%s at %d", path, version)
                                                        .isEqualTo(then.status());
                                                if (then.status() < 300) {
                                                    assertThat(again.text())
                                                            .as("%s at %d", path, version)
                                                            .isEqualTo(then.text());
                                                }
                                            });
                                }));
    }

    private void compareViews(String copy) {
        for (String path : views()) {
            Answer mine = get(machine + path);
            Answer other = get("/v1/machines/" + copy + path);
            holds(
                    "every view of a clone is the original's",
                    () -> {
                        assertThat(other.status()).as("%s", path).isEqualTo(mine.status());
                        assertThat(comparable(other, copy))
                                .as("%s", path)
                                .isEqualTo(comparable(mine, id));
                    });
        }
        JsonNode before = shown;
        look();
        holds("looking changes nothing", () -> assertThat(shown).isEqualTo(before));
        Answer looked = get("/v1/machines/" + copy);
        holds(
                "looking changes nothing",
                () -> assertThat(looked.json().get("digest")).isEqualTo(before.get("digest")));
    }

    /** An answer without what names the machine and its version. */
    private static String comparable(Answer answer, String machine) {
        return answer.text()
                .replaceAll("(/|\")" + machine + "(?![a-z0-9-])", "$1m")
                .replaceAll("\"version\":[0-9]+", "\"version\":0");
    }

    /** Versions are shown as they were, and an export makes a machine that has them all. */
    private void checkHistory() {
        digests.entrySet().stream()
                .filter(each -> each.getKey() % 5 == 0)
                .forEach(
                        each -> {
                            JsonNode then = get(machine + "?at=" + each.getKey()).json();
                            holds(
                                    "a version is shown as it was",
                                    () ->
                                            assertThat(then.get("digest").asString())
                                                    .isEqualTo(each.getValue()));
                        });
        checkRemembered();
        byte[] export = get(machine + "/export").text().getBytes(StandardCharsets.UTF_8);
        String copy = id + "-e";
        requests++;
        Answer made =
                client.send("POST", "/v1/machines?id=" + copy, "application/x-faultline", export);
        holds("an export makes the machine again", () -> made.expect(201));
        try {
            holds(
                    "an export has every version",
                    () -> assertThat(made.json().get("version")).isEqualTo(shown.get("version")));
            compareViews(copy);
        } finally {
            requests++;
            client.delete("/v1/machines/" + copy);
        }
    }

    /** Checks everything once more, plays the same requests to a new machine, and ends both. */
    void end() {
        lookCloser(Set.of(Look.MAPPINGS, Look.BYTES, Look.VIEWS));
        checkHistory();
        String twin = id + "-r";
        make(twin);
        try {
            for (int i = 0; i < played.size(); i++) {
                Step step = played.get(i);
                boolean again = step.has(Look.AGAIN) && step.method().equals("POST");
                requests++;
                step.send(client, "/v1/machines/" + twin, again ? key(i + 1) : new String[0]);
            }
            JsonNode replayed = get("/v1/machines/" + twin).json();
            holds(
                    "the same requests, without looking, come to the same",
                    () -> {
                        assertThat(replayed.get("digest")).isEqualTo(shown.get("digest"));
                        assertThat(replayed.get("version")).isEqualTo(shown.get("version"));
                    });
        } finally {
            requests++;
            client.delete("/v1/machines/" + twin);
        }
        requests++;
        client.post(machine + "/reset");
        look();
        holds(
                "a machine that was reset is a new one",
                () -> assertThat(shown.get("digest").asString()).isEqualTo(firstDigest));
    }

    /** Deletes the machine. */
    void close() {
        requests++;
        client.delete(machine);
    }
}

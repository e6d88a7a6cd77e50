package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.oracle.FlatMemory;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What private memory without a file must hold, learnt from requests and their answers alone. What
 * a request does to memory in a way that is not followed here makes it unknown until it is read or
 * written again.
 */
final class FollowedMemory {

    private static final Pattern PATH =
            Pattern.compile("/processes(?:/([0-9]+))?(?:/areas/(0x[0-9a-f]+))?/?([a-z-]*).*");

    /** Above every address. */
    private static final long ALL = 1L << 62;

    private final long pageSize;
    private final Map<Integer, FlatMemory> spaces = new HashMap<>();

    FollowedMemory(long pageSize) {
        this.pageSize = pageSize;
    }

    private FlatMemory space(int pid) {
        return spaces.computeIfAbsent(pid, unheardOf -> FlatMemory.notFollowed());
    }

    /** Follows a request that was answered; what it read must be what is known. */
    void follow(Step step, Answer answer) {
        Matcher path = PATH.matcher(step.path());
        if (step.path().equals("/reset") && answer.status() == 200) {
            spaces.clear();
        } else if (step.path().equals("/kernel/accesses") && step.body().contains("value")) {
            spaces.values().forEach(FlatMemory::forget);
        } else if (step.path().equals("/trace")) {
            traced(step, 0);
        } else if (path.matches() && step.action().equals("trace")) {
            traced(step, Integer.parseInt(path.group(1)));
        } else if (path.matches() && answer.status() < 300 && !isRefused(answer)) {
            int pid = path.group(1) == null ? 0 : Integer.parseInt(path.group(1));
            follow(step, answer, pid, path.group(2));
        }
    }

    private static boolean isRefused(Answer answer) {
        return answer.body().length > 0 && answer.json().has("refused");
    }

    private void follow(Step step, Answer answer, int pid, @Nullable String start) {
        JsonNode body = step.isJson() ? step.json() : Answer.json("{}");
        switch (step.action()) {
            case "processes" -> spaces.put((int) answer.number("/pid"), made(body));
            case "exec" -> spaces.put(pid, made(body));
            case "fork" -> spaces.put((int) answer.number("/pid"), space(pid).copy());
            case "vfork" -> spaces.put((int) answer.number("/pid"), space(pid));
            case "accesses" -> accessed(space(pid), body, answer);
            case "handler" -> space(pid).followNoMore();
            case "remap" -> {
                space(pid).forget();
                addForeign(space(pid), answer.json());
            }
            case "areas" -> mapped(space(pid), answer.json());
            case "brk" -> {
                if (body.path("increment").asLong() < 0) {
                    space(pid).forget();
                }
            }
            case "advise" -> {
                String advice = body.path("advice").asString();
                if (advice.equals("dontneed") || advice.equals("free")) {
                    forgetFrom(space(pid), start, body.path("length"));
                }
            }
            default -> {
                if (step.method().equals("DELETE") && start != null) {
                    space(pid).forget(parse(start), ALL);
                }
            }
        }
    }

    private void forgetFrom(FlatMemory space, @Nullable String start, JsonNode length) {
        long from = start == null ? 0 : parse(start);
        long to = length.isMissingNode() ? ALL : roundedUp(from + length.asLong());
        space.forget(from, to);
    }

    private long roundedUp(long bytes) {
        return (bytes + pageSize - 1) / pageSize * pageSize;
    }

    private static long parse(String address) {
        return Long.parseLong(address.substring(2), 16);
    }

    private static long address(JsonNode node) {
        return node.isString() ? parse(node.asString()) : node.asLong();
    }

    private FlatMemory made(JsonNode body) {
        FlatMemory space = new FlatMemory();
        if (!body.has("areas")) {
            space.map(0, ALL);
        }
        for (JsonNode area : body.path("areas")) {
            add(space, area);
        }
        return space;
    }

    /** A mapping: a new one, or one that took the place of others. */
    private void mapped(FlatMemory space, JsonNode area) {
        long from = address(area.path("start"));
        space.forget(from, roundedUp(from + area.path("length").asLong()));
        add(space, area);
    }

    private void add(FlatMemory space, JsonNode area) {
        if (!addForeign(space, area)) {
            long from = address(area.path("start"));
            space.map(from, from + area.path("length").asLong());
        }
    }

    private boolean addForeign(FlatMemory space, JsonNode area) {
        String kind = area.path("kind").asString("anonymous");
        boolean shared = area.path("sharing").asString("private").equals("shared");
        boolean foreign = shared || kind.equals("file") || kind.equals("shared-memory");
        if (foreign) {
            long from = address(area.path("start"));
            space.mapForeign(from, roundedUp(from + area.path("length").asLong()));
        }
        return foreign;
    }

    /** A trace stores values without telling what came of each access. */
    private void traced(Step step, int pid) {
        if (!step.type().equals(Client.NDJSON)) {
            return;
        }
        for (String line : step.body().split("\n", -1)) {
            JsonNode access = line.isBlank() ? Answer.json("{}") : Answer.MAPPER.readTree(line);
            if (access.has("value")) {
                int whose = access.path("pid").asInt(pid);
                space(whose).lose(address(access.get("address")), access.path("size").asInt(1));
            }
        }
    }

    private static void accessed(FlatMemory space, JsonNode body, Answer answer) {
        JsonNode accesses = body.path("accesses");
        JsonNode results = answer.at("/results");
        for (int i = 0; i < accesses.size(); i++) {
            JsonNode access = accesses.get(i);
            if (!access.has("address")) {
                continue; // a tick
            }
            long address = address(access.path("address"));
            int size = access.path("size").asInt(1);
            boolean writes = access.has("value");
            if (i >= results.size() || !results.get(i).path("signal").isNull()) {
                if (writes) {
                    space.lose(address, size);
                }
            } else if (writes) {
                store(space, address, size, access.get("value").bigIntegerValue());
            } else if (!results.get(i).path("value").isNull()) {
                compare(space, address, size, results.get(i), i);
            }
        }
    }

    private static void store(FlatMemory space, long address, int size, BigInteger value) {
        for (int i = 0; i < size; i++) {
            if (space.isFollowed(address + i)) {
                space.learn(address + i, value.shiftRight(8 * i).intValue() & 0xFF);
            }
        }
    }

    private static void compare(FlatMemory space, long address, int size, JsonNode result, int at) {
        BigInteger value = result.get("value").bigIntegerValue();
        for (int i = 0; i < size; i++) {
            if (space.isFollowed(address + i)) {
                int found = value.shiftRight(8 * i).intValue() & 0xFF;
                Integer wanted = space.byteAt(address + i);
                assertThat(found)
                        .as("byte %d of what access %d read: %s", i, at, result)
                        .isEqualTo(wanted == null ? found : wanted);
                space.learn(address + i, found);
            }
        }
    }

    /** The processes of which something is known. */
    Set<Integer> pids() {
        return Set.copyOf(spaces.keySet());
    }

    /** Where something is known of a process's memory, up to a number of places. */
    List<Long> places(int pid, int most) {
        return space(pid).places(most);
    }

    /** Compares bytes, base64, from an address on. */
    void compareBytes(int pid, long address, String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        for (int i = 0; i < bytes.length; i++) {
            Integer wanted = space(pid).byteAt(address + i);
            if (wanted != null && space(pid).isFollowed(address + i)) {
                assertThat(bytes[i] & 0xFF)
                        .as("byte 0x%x of process %d, as the view shows it", address + i, pid)
                        .isEqualTo(wanted);
            }
        }
    }
}

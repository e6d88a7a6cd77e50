package dev.faultline.contract;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.SplittableRandom;

/**
 * What the fields of requests mean beyond their schemas, by name: addresses begin pages, sizes are
 * powers of two, and work is small. A field without a hint is drawn by its schema alone.
 */
final class Hints {

    private static final String[] FILES = {"data", "code"};
    private static final String[] MEMORIES = {"board", "pool"};
    private static final String[] GROUPS = {"left", "right"};

    private final SplittableRandom random;
    private final String token;

    Hints(SplittableRandom random, String token) {
        this.random = random;
        this.token = token;
    }

    /** A value for a field or a parameter; null if only its schema is known. */
    @Nullable JsonNode of(String name, Aim aim) {
        return switch (name) {
            case "start", "address", "addresses" -> Aim.text(address(name, aim));
            case "length", "newLength", "increment", "bytes" ->
                    Aim.number(aim.pageSize() * upTo(3));
            case "pageSize", "pageSizes", "blockSize" -> Aim.number(1L << random.nextInt(6, 13));
            case "frame" -> Aim.number(random.nextInt(aim.frames()));
            case "frames" -> Aim.number(upTo(16));
            case "cpu" -> Aim.number(random.nextInt(aim.cpus()));
            case "cpus" -> Aim.number(upTo(4));
            case "entries", "ways" -> Aim.number(1L << random.nextInt(5));
            case "pid" -> Aim.number(random.nextInt(4) == 0 ? upTo(4) : 1);
            case "at", "to", "from" -> Aim.number(upTo(4));
            case "page", "pages" -> Aim.number(random.nextLong(1, aim.pages() + 1));
            case "accesses" -> Aim.number(upTo(200));
            case "ticks", "diskTicks", "think", "quanta", "quantum" -> Aim.number(upTo(100_000));
            case "degrees" -> Aim.number(upTo(4));
            case "value" -> Aim.number(random.nextInt(256));
            case "group" -> Aim.text(oneOf(GROUPS));
            case "file" -> Aim.text(oneOf(FILES));
            case "name" -> Aim.text(oneOf(random.nextBoolean() ? FILES : MEMORIES));
            case "tenant" -> Aim.text("spare-" + token);
            case "expires" -> Aim.text("2099-01-01T00:00:0" + random.nextInt(10) + "Z");
            case "id" -> Aim.text(oneOf("same", "other", "third") + "-" + token);
            default -> null;
        };
    }

    /** A value for a header; null if it can be left out alone. */
    @Nullable String header(String name) {
        return switch (name) {
            case "If-Match", "If-None-Match" -> random.nextBoolean() ? "*" : "\"v" + upTo(6) + '"';
            case "Prefer" -> oneOf("return=minimal", "respond-async", "wait=1");
            case "Idempotency-Key" -> "k" + random.nextInt(1 << 20);
            case "Last-Event-ID" -> String.valueOf(upTo(9));
            default -> null;
        };
    }

    private String address(String name, Aim aim) {
        long page = random.nextLong(aim.pages());
        long offset = name.equals("start") ? 0 : random.nextLong(Math.min(aim.pageSize(), 64));
        return "0x" + Long.toHexString(page * aim.pageSize() + offset);
    }

    private long upTo(long most) {
        return random.nextLong(1, most + 1);
    }

    private String oneOf(String... words) {
        return words[random.nextInt(words.length)];
    }
}

package dev.faultline.http;

import dev.faultline.http.Step.Look;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * An endless row of well-formed requests to a machine, of every kind that changes one. They aim at
 * a few pages, so that they meet; whether the simulated kernel grants them is left to it.
 */
final class RandomSteps {

    private static final int MOST_PROCESSES = 5;
    private static final int MOST_PAGES = 20;
    private static final String[] FILES = {"data", "code"};
    private static final String[] MEMORIES = {"board", "pool"};
    private static final String[] GROUPS = {"left", "right"};
    private static final String[] GENERATORS = {
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
    };

    private final SplittableRandom random;
    private final Session session;
    private final long pageSize;
    private final int addressBits;
    private final int segmentBits;
    private final int frames;
    private final int cpus;
    private final long pages;

    /** Areas that were asked for lately: the first address, and bytes. */
    private final List<Area> asked = new ArrayList<>();

    /** Files made. */
    private int drawn;

    private record Area(long start, long length) {}

    RandomSteps(SplittableRandom random, Session session) {
        this.random = random;
        this.session = session;
        JsonNode shown = session.shown();
        pageSize = shown.get("pageSize").asLong();
        addressBits = shown.get("addressBits").asInt();
        segmentBits = shown.at("/translation/segmentBits").asInt(0);
        frames = shown.get("frames").asInt();
        cpus = shown.get("cpus").asInt();
        pages = Math.min(MOST_PAGES, (1L << addressBits - segmentBits) / pageSize);
    }

    /** The next request, with what is to be looked at around it. */
    Step next() {
        Step step = draw();
        Set<Look> looks = EnumSet.noneOf(Look.class);
        if (!step.action().equals("predictions")) { // which change nothing
            addIf(looks, Look.STALE_MATCH, 30);
            addIf(looks, Look.AGAIN, 25);
        }
        addIf(looks, Look.CLONE, 8);
        addIf(looks, Look.MAPPINGS, 8);
        addIf(looks, Look.BYTES, 8);
        addIf(looks, Look.VIEWS, 60);
        if (step.action().equals("accesses") && step.path().startsWith("/processes")) {
            addIf(looks, Look.FORETELL, 6);
        }
        return step.looking(looks);
    }

    private void addIf(Set<Look> looks, Look look, int chances) {
        if (oneIn(chances)) {
            looks.add(look);
        }
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private String oneOf(String... words) {
        return words[random.nextInt(words.length)];
    }

    private Step draw() {
        if (drawn < FILES.length) {
            return file(FILES[drawn++]); // for areas to map
        }
        List<Integer> live = new ArrayList<>();
        for (JsonNode process : session.processes()) {
            if (!process.get("state").asString().equals("terminated")) {
                live.add(process.get("pid").asInt());
            }
        }
        if (live.isEmpty() || live.size() < MOST_PROCESSES && oneIn(15)) {
            return Step.json("POST", "/processes", process(true));
        }
        if (drawn < FILES.length + 3) {
            return withAFile("/processes/" + live.getFirst(), drawn++ - FILES.length);
        }
        if (oneIn(4)) {
            return ofTheMachine(live);
        }
        int pid = live.get(random.nextInt(live.size()));
        return ofAProcess("/processes/" + pid, live);
    }

    /** Maps a file that is shared, writes to it, and lets it be written back. */
    private Step withAFile(String process, int step) {
        ObjectNode area =
                object().put("start", hex(0))
                        .put("length", 2 * pageSize)
                        .put("protection", "rw-")
                        .put("kind", "file")
                        .put("file", FILES[0])
                        .put("sharing", "shared")
                        .put("replace", true);
        ObjectNode batch = object();
        batch.putArray("accesses").addObject().put("op", "write").put("address", hex(0));
        return switch (step) {
            case 0 -> Step.json("POST", process + "/areas", area);
            case 1 -> Step.json("POST", process + "/accesses", batch);
            default -> Step.json("POST", process + "/areas/" + hex(0) + "/sync", part());
        };
    }

    private Step ofAProcess(String process, List<Integer> live) {
        boolean many = live.size() >= MOST_PROCESSES;
        return switch (random.nextInt(40)) {
            case 0, 1, 2 -> act(process + (many ? "/exit" : "/fork"));
            case 3 ->
                    oneIn(2)
                            ? Step.json("POST", process + "/exec", process(false))
                            : act(process + (many ? "/exit" : "/vfork"));
            case 4 -> act(process + (oneIn(3) ? "/exit" : "/swap-out"));
            case 5 -> act(process + "/swap-out");
            case 6 -> act(process + "/swap-in");
            case 7, 8, 9 -> Step.json("POST", process + "/areas", area(true));
            case 10 -> Step.text("DELETE", process + "/areas/" + place() + length("?"), "", "");
            case 11, 12 -> Step.json("PATCH", process + "/areas/" + place(), protection());
            case 13 -> Step.json("POST", process + "/protect", ranges());
            case 14 -> Step.json("POST", process + "/areas/" + place() + "/remap", remap());
            case 15, 16, 17 ->
                    Step.json("POST", process + "/areas/" + place() + "/advise", advice());
            case 18 -> Step.json("POST", process + "/areas/" + place() + "/sync", part());
            case 19 -> Step.json("POST", process + "/areas/" + place() + "/lock", part());
            case 20 ->
                    Step.json(
                            "POST",
                            process + "/areas/" + place() + (oneIn(2) ? "/unlock" : "/sync"),
                            part());
            case 21 -> Step.json("POST", process + "/areas/" + place() + "/dirty", part());
            case 22, 23 -> Step.json("POST", process + "/brk", increment());
            case 24 ->
                    oneIn(3) ? Step.json("PUT", process + "/handler", handler()) : trace(process);
            case 25 -> Step.json("PUT", process + "/group", object().put("group", oneOf(GROUPS)));
            case 26, 27, 28, 29 -> trace(process);
            case 30 -> Step.json("POST", process + "/predictions", predictions());
            default -> Step.json("POST", process + "/accesses", accesses());
        };
    }

    private Step ofTheMachine(List<Integer> live) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> Step.json("POST", "/run", run());
            case 6 -> wholeTrace(live);
            case 7 -> file(oneOf(FILES));
            case 8, 9 ->
                    Step.json(
                            "POST",
                            "/kernel/mappings",
                            object().put("frame", random.nextInt(frames))
                                    .put("protection", oneOf("r--", "rw-")));
            case 10 ->
                    Step.text(
                            "DELETE",
                            "/kernel/mappings/" + hex(random.nextInt(frames) * pageSize),
                            "",
                            "");
            case 11, 12 -> Step.json("POST", "/kernel/accesses", kernelAccesses());
            case 13 -> act("/frames/" + random.nextInt(frames) + "/pin");
            case 14 -> act("/frames/" + random.nextInt(frames) + "/unpin");
            case 15 -> act("/compact");
            case 16 -> Step.json("POST", "/tlb/flush", flush(live));
            case 17, 18 ->
                    Step.json(
                            "PUT",
                            "/groups/" + oneOf(GROUPS),
                            object().put("limit", 1 + random.nextInt(frames)));
            default -> oneIn(5) ? act("/reset") : Step.json("POST", "/run", run());
        };
    }

    private static ObjectNode object() {
        return Answer.MAPPER.createObjectNode();
    }

    private Step file(String name) {
        int bytes = random.nextInt((int) Math.min(6 * pageSize, 2 * 4096));
        return Step.text("PUT", "/files/" + name, Client.BINARY, "x".repeat(bytes));
    }

    private static Step act(String path) {
        return Step.text("POST", path, Client.JSON, "");
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** The first address of one of the few pages that requests aim at. */
    private long page() {
        if (!asked.isEmpty() && !oneIn(3)) {
            Area area = asked.get(random.nextInt(asked.size()));
            long address = area.start + random.nextLong(area.length);
            return address - address % pageSize;
        }
        long segment = segmentBits > 0 ? random.nextInt(1 << Math.min(2, segmentBits)) : 0;
        return (segment << addressBits - segmentBits) + random.nextLong(pages) * pageSize;
    }

    /** Remembers an area, to aim at it. */
    private void ask(long start, long length) {
        asked.add(new Area(start, length));
        if (asked.size() > MOST_PROCESSES) {
            asked.removeFirst();
        }
    }

    private String place() {
        return hex(page());
    }

    private long bytes() {
        return 1 + random.nextLong(4 * pageSize);
    }

    private String length(String before) {
        return oneIn(5) ? "" : before + "length=" + bytes();
    }

    private String rights() {
        return oneOf("rw-", "rw-", "rwx", "r--", "r-x", "---", "-w-");
    }

    private ObjectNode process(boolean isNew) {
        ObjectNode process = object();
        if (oneIn(3)) {
            ArrayNode areas = process.putArray("areas");
            long at = 0;
            for (int i = random.nextInt(4); i > 0; i--) {
                ObjectNode area = area(false);
                long length = bytes() + random.nextLong(6) * pageSize;
                area.put("start", hex(at)).put("length", length);
                areas.add(area);
                ask(at, length);
                at += (length + pageSize - 1) / pageSize * pageSize;
                at +=
                        segmentBits > 0
                                ? (1L << addressBits - segmentBits)
                                        - at % (1L << addressBits - segmentBits)
                                : random.nextInt(2) * pageSize;
            }
            if (at > 1L << addressBits) {
                process.remove("areas");
                asked.clear();
            }
        } else if (oneIn(3)) {
            long size = 1 + random.nextLong(pages * pageSize);
            process.put("size", size);
            ask(0, size);
        }
        if (!oneIn(3)) {
            process.put("onSignal", oneOf("continue", "continue", "terminate", "handler"));
        }
        if (isNew && oneIn(3)) {
            process.set("program", program());
            if (oneIn(3)) {
                process.put("arrival", random.nextInt(3_000));
            }
        }
        return process;
    }

    private ObjectNode program() {
        ObjectNode program = object();
        if (oneIn(2)) {
            ArrayNode accesses = program.putArray("accesses");
            for (int i = random.nextInt(30); i > 0; i--) {
                accesses.add(access(false));
            }
        } else {
            long room = Math.min(pages, 8);
            program.putObject("generator")
                    .put("kind", oneOf(GENERATORS))
                    .put("accesses", random.nextInt(200))
                    .put("pages", 1 + random.nextLong(room))
                    .put("writes", random.nextInt(3) / 2.0)
                    .put("phases", 1 + random.nextInt(3))
                    .put("workingSet", 1 + random.nextInt(4));
        }
        return program.put("think", random.nextInt(4) * random.nextInt(50));
    }

    private ObjectNode area(boolean placed) {
        long length = bytes();
        ObjectNode area = object().put("length", length).put("protection", rights());
        if (placed && !oneIn(4)) {
            long start = page();
            area.put("start", hex(start));
            ask(start, Math.min(length, (1L << addressBits) - start));
        }
        if (placed && oneIn(2)) {
            area.put("replace", true);
        }
        switch (random.nextInt(10)) {
            case 0 -> area.put("kind", "shared-memory").put("name", oneOf(MEMORIES));
            case 1, 2, 3, 4 ->
                    area.put("kind", "file")
                            .put("file", oneOf(FILES))
                            .put("fileOffset", random.nextInt(3) * pageSize)
                            .put("sharing", oneOf("private", "shared"));
            case 5 -> area.put("kind", "stack");
            case 6 -> area.put("sharing", "shared");
            default -> {}
        }
        return area;
    }

    private ObjectNode protection() {
        ObjectNode protection = object().put("protection", rights());
        return oneIn(5) ? protection : protection.put("length", bytes());
    }

    private ObjectNode ranges() {
        ObjectNode body = object().put("protection", rights());
        ArrayNode ranges = body.putArray("ranges");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ranges.addObject().put("start", place()).put("length", bytes());
        }
        return body;
    }

    private ObjectNode remap() {
        ObjectNode body = object().put("newLength", bytes()).put("mayMove", random.nextBoolean());
        return oneIn(2) ? body : body.put("length", bytes());
    }

    private ObjectNode advice() {
        ObjectNode body =
                object().put(
                                "advice",
                                oneOf(
                                        "dontneed",
                                        "free",
                                        "willneed",
                                        "sequential",
                                        "random",
                                        "normal",
                                        "hugepage",
                                        "nohugepage"));
        return oneIn(2) ? body : body.put("length", bytes());
    }

    private ObjectNode part() {
        return oneIn(2) ? object() : object().put("length", bytes());
    }

    private ObjectNode increment() {
        return object().put("increment", random.nextLong(-3 * pageSize, 5 * pageSize));
    }

    private ObjectNode handler() {
        ObjectNode body = object();
        ArrayNode commands = body.putArray("commands");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ObjectNode command = commands.addObject();
            switch (random.nextInt(4)) {
                case 0 -> command.put("command", "unprotect");
                case 1 -> command.put("command", "map").put("protection", "rw-");
                case 2 -> command.put("command", "unmap").put("at", place());
                default ->
                        command.put("command", "copy")
                                .put("from", place())
                                .put("to", "fault")
                                .put("length", 1 + random.nextInt(8));
            }
        }
        return body;
    }

    private ObjectNode run() {
        ObjectNode body = object();
        switch (random.nextInt(6)) {
            case 0 -> body.put("until", "done");
            case 1, 2 -> body.putObject("until").put("ticks", random.nextInt(5_000));
            case 3 -> body.putObject("until").put("accesses", random.nextInt(60));
            case 4 -> body.putObject("until").put("fault", true);
            default ->
                    body.putObject("until")
                            .putObject("counters")
                            .put(
                                    oneOf("pageFaults", "evictions", "swapOuts"),
                                    1 + random.nextInt(4));
        }
        return body;
    }

    private ObjectNode flush(List<Integer> live) {
        ObjectNode body = object();
        if (oneIn(2)) {
            body.put("pid", live.get(random.nextInt(live.size())));
            if (oneIn(2)) {
                body.put("address", place());
            }
        }
        return body;
    }

    // ---- accesses

    /** An access, or now and then a tick of the clock. */
    private ObjectNode access(boolean withValues) {
        if (oneIn(20)) {
            return object().put("op", "tick");
        }
        long space = 1L << addressBits;
        int size = oneIn(2) ? 1 : 1 << random.nextInt(4);
        long near = page() + random.nextInt(3) * 4L;
        long address = Math.min(oneIn(8) ? page() + pageSize - 1 : near, space - size);
        boolean writes = oneIn(2);
        String op = writes ? "write" : oneIn(6) ? "execute" : "read";
        ObjectNode access = object().put("op", op).put("address", hex(address));
        if (size > 1) {
            access.put("size", size);
        }
        if (writes && withValues && !oneIn(4)) {
            access.put("value", random.nextLong(1L << Math.min(8 * size, 62)));
        }
        return access;
    }

    private ObjectNode accesses() {
        ObjectNode body = object();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(oneIn(3) ? 60 : 8); i > 0; i--) {
            ObjectNode access = access(true);
            if (cpus > 1 && access.has("address") && oneIn(4)) {
                access.put("cpu", random.nextInt(cpus));
            }
            accesses.add(access);
        }
        return body;
    }

    private ObjectNode kernelAccesses() {
        ObjectNode body = object();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            boolean writes = oneIn(2);
            ObjectNode access =
                    accesses.addObject()
                            .put("op", writes ? "write" : "read")
                            .put(
                                    "address",
                                    hex(random.nextInt(frames) * pageSize % (1L << addressBits)));
            if (writes) {
                access.put("value", random.nextInt(256));
            }
        }
        return body;
    }

    private ObjectNode predictions() {
        ObjectNode body = object();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ObjectNode access = access(false);
            access.remove("size");
            access.putObject("expected").put("fault", random.nextBoolean());
            accesses.add(access);
        }
        return body;
    }

    private Step trace(String process) {
        String path = process + "/trace";
        StringBuilder lines = new StringBuilder();
        int count = 1 + random.nextInt(40);
        return switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = 0; i < count; i++) {
                    lines.append(access(true)).append('\n');
                }
                yield Step.text("POST", path, Client.NDJSON, lines.toString());
            }
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    lines.append(i == 0 ? "" : ",");
                    lines.append(oneIn(20) ? "T" : Long.toString(page() / pageSize));
                }
                yield Step.text("POST", path, "text/x-pages", lines.toString());
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    String address = Long.toHexString(page() + random.nextInt(4));
                    lines.append(oneOf(" L ", " S ", " M ", "I  ")).append(address).append(",4\n");
                }
                yield Step.text("POST", path, Client.LACKEY, lines.toString());
            }
            default -> {
                ObjectNode columns = object();
                StringBuilder ops = new StringBuilder();
                ArrayNode addresses = Answer.MAPPER.createArrayNode();
                for (int i = 0; i < count; i++) {
                    boolean ticks = oneIn(20);
                    ops.append(ticks ? "t" : oneOf("r", "w", "x"));
                    addresses.add(ticks ? 0 : page() + random.nextInt(4));
                }
                columns.put("ops", ops.toString()).set("addresses", addresses);
                yield Step.json("POST", path, columns);
            }
        };
    }

    private Step wholeTrace(List<Integer> live) {
        StringBuilder lines = new StringBuilder();
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            int pid = live.get(random.nextInt(live.size()));
            lines.append(access(true).put("pid", pid)).append('\n');
        }
        return Step.text("POST", "/trace", Client.NDJSON, lines.toString());
    }
}

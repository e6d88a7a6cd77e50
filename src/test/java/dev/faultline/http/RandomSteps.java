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
    private final long pages;
    private final Aims aims;
    private final RandomAccesses accesses;

    /** Files made. */
    private int drawn;

    RandomSteps(SplittableRandom random, Session session) {
        this.random = random;
        this.session = session;
        JsonNode shown = session.shown();
        pageSize = shown.get("pageSize").asLong();
        addressBits = shown.get("addressBits").asInt();
        segmentBits = shown.at("/translation/segmentBits").asInt(0);
        frames = shown.get("frames").asInt();
        aims = new Aims(random, shown);
        pages = aims.pages();
        accesses = new RandomAccesses(random, aims, frames, shown.get("cpus").asInt());
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
        if (aims.oneIn(chances)) {
            looks.add(look);
        }
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
        if (live.isEmpty() || live.size() < MOST_PROCESSES && aims.oneIn(15)) {
            return Step.json("POST", "/processes", process(true));
        }
        if (drawn < FILES.length + 3) {
            return withAFile("/processes/" + live.getFirst(), drawn++ - FILES.length);
        }
        if (aims.oneIn(4)) {
            return ofTheMachine(live);
        }
        int pid = live.get(random.nextInt(live.size()));
        return ofAProcess("/processes/" + pid, live);
    }

    /** Maps a file that is shared, writes to it, and lets it be written back. */
    private Step withAFile(String process, int step) {
        ObjectNode area =
                object().put("start", Aims.hex(0))
                        .put("length", 2 * pageSize)
                        .put("protection", "rw-")
                        .put("kind", "file")
                        .put("file", FILES[0])
                        .put("sharing", "shared")
                        .put("replace", true);
        ObjectNode batch = object();
        batch.putArray("accesses").addObject().put("op", "write").put("address", Aims.hex(0));
        return switch (step) {
            case 0 -> Step.json("POST", process + "/areas", area);
            case 1 -> Step.json("POST", process + "/accesses", batch);
            default -> Step.json("POST", process + "/areas/" + Aims.hex(0) + "/sync", part());
        };
    }

    private Step ofAProcess(String process, List<Integer> live) {
        boolean many = live.size() >= MOST_PROCESSES;
        return switch (random.nextInt(40)) {
            case 0, 1, 2 -> act(process + (many ? "/exit" : "/fork"));
            case 3 ->
                    aims.oneIn(2)
                            ? Step.json("POST", process + "/exec", process(false))
                            : act(process + (many ? "/exit" : "/vfork"));
            case 4 -> act(process + (aims.oneIn(3) ? "/exit" : "/swap-out"));
            case 5 -> act(process + "/swap-out");
            case 6 -> act(process + "/swap-in");
            case 7, 8, 9 -> Step.json("POST", process + "/areas", area(true));
            case 10 ->
                    Step.text("DELETE", process + "/areas/" + aims.place() + length("?"), "", "");
            case 11, 12 -> Step.json("PATCH", process + "/areas/" + aims.place(), protection());
            case 13 -> Step.json("POST", process + "/protect", ranges());
            case 14 -> Step.json("POST", process + "/areas/" + aims.place() + "/remap", remap());
            case 15, 16, 17 ->
                    Step.json("POST", process + "/areas/" + aims.place() + "/advise", advice());
            case 18 -> Step.json("POST", process + "/areas/" + aims.place() + "/sync", part());
            case 19 -> Step.json("POST", process + "/areas/" + aims.place() + "/lock", part());
            case 20 ->
                    Step.json(
                            "POST",
                            process
                                    + "/areas/"
                                    + aims.place()
                                    + (aims.oneIn(2) ? "/unlock" : "/sync"),
                            part());
            case 21 -> Step.json("POST", process + "/areas/" + aims.place() + "/dirty", part());
            case 22, 23 -> Step.json("POST", process + "/brk", increment());
            case 24 ->
                    aims.oneIn(3)
                            ? Step.json("PUT", process + "/handler", handler())
                            : accesses.trace(process);
            case 25 ->
                    Step.json("PUT", process + "/group", object().put("group", aims.oneOf(GROUPS)));
            case 26, 27, 28, 29 -> accesses.trace(process);
            case 30 -> Step.json("POST", process + "/predictions", accesses.predictions());
            default -> Step.json("POST", process + "/accesses", accesses.batch());
        };
    }

    private Step ofTheMachine(List<Integer> live) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> Step.json("POST", "/run", run());
            case 6 -> accesses.wholeTrace(live);
            case 7 -> file(aims.oneOf(FILES));
            case 8, 9 ->
                    Step.json(
                            "POST",
                            "/kernel/mappings",
                            object().put("frame", random.nextInt(frames))
                                    .put("protection", aims.oneOf("r--", "rw-")));
            case 10 ->
                    Step.text(
                            "DELETE",
                            "/kernel/mappings/" + Aims.hex(random.nextInt(frames) * pageSize),
                            "",
                            "");
            case 11, 12 -> Step.json("POST", "/kernel/accesses", accesses.ofTheKernel());
            case 13 -> act("/frames/" + random.nextInt(frames) + "/pin");
            case 14 -> act("/frames/" + random.nextInt(frames) + "/unpin");
            case 15 -> act("/compact");
            case 16 -> Step.json("POST", "/tlb/flush", flush(live));
            case 17, 18 ->
                    Step.json(
                            "PUT",
                            "/groups/" + aims.oneOf(GROUPS),
                            object().put("limit", 1 + random.nextInt(frames)));
            default -> aims.oneIn(5) ? act("/reset") : Step.json("POST", "/run", run());
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

    private String length(String before) {
        return aims.oneIn(5) ? "" : before + "length=" + aims.bytes();
    }

    private String rights() {
        return aims.oneOf("rw-", "rw-", "rwx", "r--", "r-x", "---", "-w-");
    }

    private ObjectNode process(boolean isNew) {
        ObjectNode process = object();
        if (aims.oneIn(3)) {
            ArrayNode areas = process.putArray("areas");
            long at = 0;
            for (int i = random.nextInt(4); i > 0; i--) {
                ObjectNode area = area(false);
                long length = aims.bytes() + random.nextLong(6) * pageSize;
                area.put("start", Aims.hex(at)).put("length", length);
                areas.add(area);
                aims.ask(at, length);
                at += (length + pageSize - 1) / pageSize * pageSize;
                at +=
                        segmentBits > 0
                                ? (1L << addressBits - segmentBits)
                                        - at % (1L << addressBits - segmentBits)
                                : random.nextInt(2) * pageSize;
            }
            if (at > 1L << addressBits) {
                process.remove("areas");
                aims.forget();
            }
        } else if (aims.oneIn(3)) {
            long size = 1 + random.nextLong(pages * pageSize);
            process.put("size", size);
            aims.ask(0, size);
        }
        if (!aims.oneIn(3)) {
            process.put("onSignal", aims.oneOf("continue", "continue", "terminate", "handler"));
        }
        if (isNew && aims.oneIn(3)) {
            process.set("program", program());
            if (aims.oneIn(3)) {
                process.put("arrival", random.nextInt(3_000));
            }
        }
        return process;
    }

    private ObjectNode program() {
        ObjectNode program = object();
        if (aims.oneIn(2)) {
            ArrayNode made = program.putArray("accesses");
            for (int i = random.nextInt(30); i > 0; i--) {
                made.add(accesses.one(false));
            }
        } else {
            long room = Math.min(pages, 8);
            program.putObject("generator")
                    .put("kind", aims.oneOf(GENERATORS))
                    .put("accesses", random.nextInt(200))
                    .put("pages", 1 + random.nextLong(room))
                    .put("writes", random.nextInt(3) / 2.0)
                    .put("phases", 1 + random.nextInt(3))
                    .put("workingSet", 1 + random.nextInt(4));
        }
        return program.put("think", random.nextInt(4) * random.nextInt(50));
    }

    private ObjectNode area(boolean placed) {
        long length = aims.bytes();
        ObjectNode area = object().put("length", length).put("protection", rights());
        if (placed && !aims.oneIn(4)) {
            long start = aims.page();
            area.put("start", Aims.hex(start));
            aims.ask(start, Math.min(length, (1L << addressBits) - start));
        }
        if (placed && aims.oneIn(2)) {
            area.put("replace", true);
        }
        switch (random.nextInt(10)) {
            case 0 -> area.put("kind", "shared-memory").put("name", aims.oneOf(MEMORIES));
            case 1, 2, 3, 4 ->
                    area.put("kind", "file")
                            .put("file", aims.oneOf(FILES))
                            .put("fileOffset", random.nextInt(3) * pageSize)
                            .put("sharing", aims.oneOf("private", "shared"));
            case 5 -> area.put("kind", "stack");
            case 6 -> area.put("sharing", "shared");
            default -> {}
        }
        return area;
    }

    private ObjectNode protection() {
        ObjectNode protection = object().put("protection", rights());
        return aims.oneIn(5) ? protection : protection.put("length", aims.bytes());
    }

    private ObjectNode ranges() {
        ObjectNode body = object().put("protection", rights());
        ArrayNode ranges = body.putArray("ranges");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ranges.addObject().put("start", aims.place()).put("length", aims.bytes());
        }
        return body;
    }

    private ObjectNode remap() {
        ObjectNode body =
                object().put("newLength", aims.bytes()).put("mayMove", random.nextBoolean());
        return aims.oneIn(2) ? body : body.put("length", aims.bytes());
    }

    private ObjectNode advice() {
        ObjectNode body =
                object().put(
                                "advice",
                                aims.oneOf(
                                        "dontneed",
                                        "free",
                                        "willneed",
                                        "sequential",
                                        "random",
                                        "normal",
                                        "hugepage",
                                        "nohugepage"));
        return aims.oneIn(2) ? body : body.put("length", aims.bytes());
    }

    private ObjectNode part() {
        return aims.oneIn(2) ? object() : object().put("length", aims.bytes());
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
                case 2 -> command.put("command", "unmap").put("at", aims.place());
                default ->
                        command.put("command", "copy")
                                .put("from", aims.place())
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
                                    aims.oneOf("pageFaults", "evictions", "swapOuts"),
                                    1 + random.nextInt(4));
        }
        return body;
    }

    private ObjectNode flush(List<Integer> live) {
        ObjectNode body = object();
        if (aims.oneIn(2)) {
            body.put("pid", live.get(random.nextInt(live.size())));
            if (aims.oneIn(2)) {
                body.put("address", aims.place());
            }
        }
        return body;
    }
}

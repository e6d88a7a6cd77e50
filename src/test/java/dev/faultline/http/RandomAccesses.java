package dev.faultline.http;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.SplittableRandom;

/** Random accesses, one by one, in batches and in traces. */
final class RandomAccesses {

    private final SplittableRandom random;
    private final Aims aims;
    private final int frames;
    private final int cpus;

    RandomAccesses(SplittableRandom random, Aims aims, int frames, int cpus) {
        this.random = random;
        this.aims = aims;
        this.frames = frames;
        this.cpus = cpus;
    }

    /** An access, or now and then a tick of the clock. */
    ObjectNode one(boolean withValues) {
        if (aims.oneIn(20)) {
            return Answer.MAPPER.createObjectNode().put("op", "tick");
        }
        long space = aims.space();
        int size = aims.oneIn(2) ? 1 : 1 << random.nextInt(4);
        long near = aims.page() + random.nextInt(3) * 4L;
        long address =
                Math.min(aims.oneIn(8) ? aims.page() + aims.pageSize() - 1 : near, space - size);
        boolean writes = aims.oneIn(2);
        String op = writes ? "write" : aims.oneIn(6) ? "execute" : "read";
        ObjectNode access =
                Answer.MAPPER.createObjectNode().put("op", op).put("address", Aims.hex(address));
        if (size > 1) {
            access.put("size", size);
        }
        if (writes && withValues && !aims.oneIn(4)) {
            access.put("value", random.nextLong(1L << Math.min(8 * size, 62)));
        }
        return access;
    }

    /** A batch of a process. */
    ObjectNode batch() {
        ObjectNode body = Answer.MAPPER.createObjectNode();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(aims.oneIn(3) ? 60 : 8); i > 0; i--) {
            ObjectNode access = one(true);
            if (cpus > 1 && access.has("address") && aims.oneIn(4)) {
                access.put("cpu", random.nextInt(cpus));
            }
            accesses.add(access);
        }
        return body;
    }

    /** A batch of the kernel. */
    ObjectNode ofTheKernel() {
        ObjectNode body = Answer.MAPPER.createObjectNode();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            boolean writes = aims.oneIn(2);
            ObjectNode access =
                    accesses.addObject()
                            .put("op", writes ? "write" : "read")
                            .put(
                                    "address",
                                    Aims.hex(
                                            random.nextInt(frames)
                                                    * aims.pageSize()
                                                    % aims.space()));
            if (writes) {
                access.put("value", random.nextInt(256));
            }
        }
        return body;
    }

    /** Accesses of which it is said whether they fault. */
    ObjectNode predictions() {
        ObjectNode body = Answer.MAPPER.createObjectNode();
        ArrayNode accesses = body.putArray("accesses");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ObjectNode access = one(false);
            access.remove("size");
            access.putObject("expected").put("fault", random.nextBoolean());
            accesses.add(access);
        }
        return body;
    }

    /** A trace of a process, in one of four formats. */
    Step trace(String process) {
        String path = process + "/trace";
        StringBuilder lines = new StringBuilder();
        int count = 1 + random.nextInt(40);
        return switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = 0; i < count; i++) {
                    lines.append(one(true)).append('\n');
                }
                yield Step.text("POST", path, Client.NDJSON, lines.toString());
            }
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    lines.append(i == 0 ? "" : ",");
                    lines.append(
                            aims.oneIn(20) ? "T" : Long.toString(aims.page() / aims.pageSize()));
                }
                yield Step.text("POST", path, "text/x-pages", lines.toString());
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    String address = Long.toHexString(aims.page() + random.nextInt(4));
                    lines.append(aims.oneOf(" L ", " S ", " M ", "I  "))
                            .append(address)
                            .append(",4\n");
                }
                yield Step.text("POST", path, Client.LACKEY, lines.toString());
            }
            default -> {
                ObjectNode columns = Answer.MAPPER.createObjectNode();
                StringBuilder ops = new StringBuilder();
                ArrayNode addresses = Answer.MAPPER.createArrayNode();
                for (int i = 0; i < count; i++) {
                    boolean ticks = aims.oneIn(20);
                    ops.append(ticks ? "t" : aims.oneOf("r", "w", "x"));
                    addresses.add(ticks ? 0 : aims.page() + random.nextInt(4));
                }
                columns.put("ops", ops.toString()).set("addresses", addresses);
                yield Step.json("POST", path, columns);
            }
        };
    }

    /** A trace of several processes. */
    Step wholeTrace(List<Integer> live) {
        StringBuilder lines = new StringBuilder();
        for (int i = 1 + random.nextInt(30); i > 0; i--) {
            int pid = live.get(random.nextInt(live.size()));
            lines.append(one(true).put("pid", pid)).append('\n');
        }
        return Step.text("POST", "/trace", Client.NDJSON, lines.toString());
    }
}

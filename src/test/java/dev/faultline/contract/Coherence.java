package dev.faultline.contract;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * Brings fields into line that depend on each other, so that requests are carried out and not
 * refused. What it leaves as it is drawn must be among the {@link Excuses}.
 */
final class Coherence {

    private static final List<String> SOURCES = List.of("trace", "pages", "accesses");

    private Coherence() {}

    /** Mends a body in place, and answers it. */
    static JsonNode in(JsonNode body, String operation, Aim aim) {
        if (body instanceof ObjectNode object) {
            switch (operation) {
                case "sweep" -> keepOneSource(object);
                case "multiprogramming" -> beShort(object);
                default -> {}
            }
            mend(object, aim);
        }
        return body;
    }

    private static void mend(JsonNode tree, Aim aim) {
        for (JsonNode each : tree) {
            mend(each, aim);
        }
        if (tree instanceof ObjectNode object) {
            if (object.has("op")) {
                access(object, aim);
            } else if (object.has("ops")) {
                columns(object);
            } else if (object.has("protection") || object.has("start")) {
                area(object, aim);
            }
            if (object.path("program").isObject()) {
                program((ObjectNode) object.get("program"));
            }
            if (object.path("machine").isObject()) {
                ((ObjectNode) object.get("machine")).retain("seed", "costs", "disk", "limits");
            }
            if (object.has("entries")) {
                object.remove(List.of("ways", "secondLevel"));
            }
            if (object.has("bytes") && object.has("pages")) {
                object.remove("bytes");
            }
        }
    }

    private static void beShort(ObjectNode experiment) {
        experiment.put("ticks", 100_000);
        experiment.remove("frames"); // one more list that multiplies
    }

    private static void keepOneSource(ObjectNode sweep) {
        List<String> given = SOURCES.stream().filter(each -> sweep.path(each).isArray()).toList();
        sweep.remove(SOURCES);
        if (given.contains("accesses")) {
            sweep.putArray("accesses").addObject().put("op", "read").put("address", "0x1000");
        } else {
            sweep.putArray("pages").add(1).add(2).add(1);
        }
    }

    private static void program(ObjectNode program) {
        if (program.path("generator").isObject()) {
            program.remove(List.of("accesses", "trace"));
        } else if (!program.has("kind")) {
            program.remove(List.of("generator", "trace"));
            program.putArray("accesses").addObject().put("op", "read").put("address", "0x0");
        }
    }

    private static void access(ObjectNode access, Aim aim) {
        if (access.get("op").asString().equals("tick")) {
            access.remove(List.of("address", "size", "value", "cpu", "expected"));
            return;
        }
        if (!access.path("address").isString()) {
            access.put("address", "0x0");
        }
        int size = access.path("size").asInt(1);
        long end = Long.decode(access.get("address").asString()) + size;
        if (size < 1 || end > 1L << aim.addressBits()) {
            access.remove("size");
        }
        if (!access.get("op").asString().equals("write")) {
            access.remove("value");
        }
    }

    private static void columns(ObjectNode columns) {
        String ops = columns.get("ops").asString();
        ArrayNode addresses = columns.putArray("addresses");
        for (int i = 0; i < ops.length(); i++) {
            addresses.add(ops.charAt(i) == 't' ? "0x0" : "0x" + Integer.toHexString(i * 512));
        }
    }

    private static void area(ObjectNode area, Aim aim) {
        if (area.path("kind").asString("").equals("stack")) {
            area.remove("sharing");
        } else if (area.path("kind").asString("").equals("shared-memory")) {
            area.put("sharing", "shared");
        }
        String kind = area.path("kind").asString("anonymous");
        if (!kind.equals("file")) {
            area.remove(List.of("file", "fileOffset"));
        } else {
            area.remove("fileOffset");
            area.put("file", area.path("file").asString("data"));
        }
        if (!kind.equals("shared-memory")) {
            area.remove("name");
        } else {
            area.put("name", area.path("name").asString("board"));
        }
        long room = (1L << aim.addressBits()) - Long.decode(area.path("start").asString("0x0"));
        if (area.path("length").asLong(0) > room) {
            area.put("length", room);
        }
    }
}

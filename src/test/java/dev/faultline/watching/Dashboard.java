package dev.faultline.watching;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Grafana dashboard as its file has it.
 *
 * @param panels all panels in order, rows and what they hold included
 */
record Dashboard(JsonNode json, List<Panel> panels) {

    static final Path FILE = Path.of("watching/grafana/dashboards/faultline.json");

    /** A panel, or a row of them. */
    record Panel(JsonNode json) {

        int id() {
            return json.path("id").asInt();
        }

        String type() {
            return json.path("type").asString("");
        }

        String title() {
            return json.path("title").asString("");
        }

        boolean isRow() {
            return type().equals("row");
        }

        /** Where it stands: a side by its name, {@code x}, {@code y}, {@code w} or {@code h}. */
        int grid(String side) {
            return json.path("gridPos").path(side).asInt(-1);
        }

        boolean overlaps(Panel other) {
            return grid("x") < other.grid("x") + other.grid("w")
                    && other.grid("x") < grid("x") + grid("w")
                    && grid("y") < other.grid("y") + other.grid("h")
                    && other.grid("y") < grid("y") + grid("h");
        }

        List<Target> targets() {
            return json.path("targets").valueStream().map(t -> new Target(this, t)).toList();
        }

        @Override
        public String toString() {
            return "panel " + id() + " (" + title() + ")";
        }
    }

    /** One expression of a panel. */
    record Target(Panel panel, JsonNode json) {

        String refId() {
            return json.path("refId").asString("");
        }

        String expression() {
            return json.path("expr").asString("");
        }

        String legend() {
            return json.path("legendFormat").asString("");
        }

        @Override
        public String toString() {
            return panel + ", " + refId();
        }
    }

    static Dashboard read() {
        JsonNode json = JsonMapper.shared().readTree(FILE);
        List<Panel> panels = new ArrayList<>();
        collect(json, panels);
        return new Dashboard(json, List.copyOf(panels));
    }

    private static void collect(JsonNode parent, List<Panel> panels) {
        for (JsonNode panel : parent.path("panels").values()) {
            panels.add(new Panel(panel));
            collect(panel, panels);
        }
    }

    /** The panels that show something. */
    List<Panel> views() {
        return panels.stream().filter(panel -> !panel.isRow()).toList();
    }

    List<Target> targets() {
        return panels.stream().flatMap(panel -> panel.targets().stream()).toList();
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    /** A variable by its name; a missing node if there is none. */
    JsonNode variable(String name) {
        return variables().stream()
                .filter(variable -> variable.path("name").asString("").equals(name))
                .findFirst()
                .orElseGet(() -> json.path("no variable " + name));
    }
}

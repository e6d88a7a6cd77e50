package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that can be read of a machine: every GET of the OpenAPI document that shows its state, with
 * values of the machine's own where the path or the query needs them. A view that is added is
 * looked at from then on.
 */
final class Views {

    private static final String MACHINE = "/v1/machines/{machine}";

    private final Map<String, JsonNode> templates = new TreeMap<>();

    Views(ApiDocument document) {
        for (Map.Entry<String, JsonNode> path : document.root().path("paths").properties()) {
            JsonNode get = path.getValue().path("get");
            if (path.getKey().startsWith(MACHINE) && showsState(get)) {
                templates.put(path.getKey().substring(MACHINE.length()), get);
            }
        }
    }

    /** What can be asked at a version shows the state; anything else tells of a machine's life. */
    private static boolean showsState(JsonNode get) {
        return get.path("parameters")
                .valueStream()
                .anyMatch(parameter -> parameter.path("name").asString().equals("at"));
    }

    /**
     * The paths of all views, below the machine's.
     *
     * @param pids the processes to look at
     * @param starts addresses where each of them may have an area
     * @param files names of files
     */
    List<String> paths(List<Integer> pids, Set<String> starts, Set<String> files) {
        List<String> paths = new ArrayList<>();
        for (Map.Entry<String, JsonNode> template : templates.entrySet()) {
            List<String> filled = List.of(template.getKey());
            filled = filled(filled, "{pid}", pids.stream().map(String::valueOf).toList());
            filled = filled(filled, "{start}", List.copyOf(starts));
            filled = filled(filled, "{name}", List.copyOf(files));
            for (String path : filled) {
                assertThat(path).as("a value to fill in is unknown").doesNotContain("{");
                paths.addAll(queried(path, template.getValue(), pids));
            }
        }
        return paths;
    }

    private static List<String> filled(List<String> paths, String hole, List<String> values) {
        List<String> filled = new ArrayList<>();
        for (String path : paths) {
            if (path.contains(hole)) {
                values.forEach(value -> filled.add(path.replace(hole, value)));
            } else {
                filled.add(path);
            }
        }
        return filled;
    }

    /** A path with the queries that it must have. */
    private static List<String> queried(String path, JsonNode operation, List<Integer> pids) {
        List<String> required = new ArrayList<>();
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("in").asString().equals("query")
                    && parameter.path("required").asBoolean(false)) {
                required.add(parameter.path("name").asString());
            }
        }
        if (required.isEmpty()) {
            return List.of(path);
        }
        List<String> queried = new ArrayList<>();
        for (int pid : pids) {
            Map<String, String> known =
                    Map.of("pid", String.valueOf(pid), "address", "0x0", "length", "16");
            assertThat(known.keySet()).as("parameters of %s", path).containsAll(required);
            List<String> pairs =
                    required.stream().map(name -> name + "=" + known.get(name)).toList();
            queried.add(path + "?" + String.join("&", pairs));
        }
        return queried;
    }
}

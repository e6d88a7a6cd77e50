package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every operation of the OpenAPI document, with a path that leads somewhere: to the machine {@code
 * victim} and what is in it. So what is said of one is asked of all, and of those to come.
 */
final class Operations {

    /** An operation at a path that is there, with the parameters of the query that it must have. */
    record Played(String method, String template, String path, JsonNode documented) {

        boolean hasBody() {
            return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
        }

        /** A media type of bodies that it takes: JSON, or the first one that it has. */
        String taken() {
            JsonNode content = documented.at("/requestBody/content");
            return content.has(Client.JSON)
                    ? Client.JSON
                    : content.propertyNames().stream().findFirst().orElse(Client.JSON);
        }

        /** Whether an answer that succeeds has a body. */
        boolean answersBody() {
            return documented.path("responses").properties().stream()
                    .anyMatch(
                            response ->
                                    response.getKey().startsWith("2")
                                            && !response.getValue().path("content").isEmpty());
        }

        @Override
        public String toString() {
            return method + " " + template;
        }
    }

    private static final String MACHINE = "victim";

    private final Client client;
    private final int port;
    private final Map<String, String> holes = new TreeMap<>();

    /** Makes what the paths lead to. */
    Operations(Client client, int port) {
        this.client = client;
        this.port = port;
        client.post("/v1/machines", "{'id': '" + MACHINE + "', 'preset': 'lecture-16'}")
                .expect(201);
        String machine = "/v1/machines/" + MACHINE;
        client.put(machine + "/groups/data", "{'limit': 4}").expect(200);
        client.send("PUT", machine + "/files/data", Client.BINARY, new byte[9]).expect(201);
        Answer trace = client.postText("/v1/traces", "text/x-pages", "1,2,3");
        Answer operation =
                client.post("/v1/sweeps", "{'pages': [1]}", "Prefer", "respond-async").expect(202);
        holes.put("{machine}", MACHINE);
        holes.put("{pid}", "1");
        holes.put("{start}", "0x1000");
        holes.put("{name}", "data");
        holes.put("{frame}", "0");
        holes.put("{trace}", trace.text("/id"));
        holes.put("{operation}", operation.text("/id"));
        holes.put("{key}", "k-4f2q9xyz");
        holes.put("{tenant}", "cs124");
    }

    List<Played> all() {
        List<Played> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : templates().properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                String method = operation.getKey().toUpperCase(Locale.ROOT);
                JsonNode documented = operation.getValue();
                String filled = filled(path.getKey()) + query(documented);
                all.add(new Played(method, path.getKey(), filled, documented));
            }
        }
        return all;
    }

    /** The methods that are documented, by a path that is there. */
    Map<String, Set<String>> methods() {
        Map<String, Set<String>> methods = new TreeMap<>();
        for (Played played : all()) {
            String path = played.path().replaceFirst("\\?.*", "");
            methods.computeIfAbsent(path, first -> new TreeSet<>()).add(played.method());
        }
        return methods;
    }

    private JsonNode templates() {
        return client.document().root().path("paths");
    }

    private String filled(String template) {
        String path = template;
        for (Map.Entry<String, String> hole : holes.entrySet()) {
            path = path.replace(hole.getKey(), hole.getValue());
        }
        if (path.contains("{")) {
            throw new AssertionError("nothing is known to fill into " + path);
        }
        return path;
    }

    private static String query(JsonNode documented) {
        List<String> pairs = new ArrayList<>();
        for (JsonNode parameter : documented.path("parameters")) {
            if (parameter.path("in").asString().equals("query")
                    && parameter.path("required").asBoolean(false)) {
                String name = parameter.path("name").asString();
                pairs.add(name + "=" + (name.equals("address") ? "0x1000" : "1"));
            }
        }
        return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
    }

    /** What must not change when a request is refused. */
    JsonNode victim() {
        return client.get("/v1/machines/" + MACHINE).expect(200).json();
    }

    /** Sends a request as it stands, headers each with its end, over a connection of its own. */
    Answer send(String method, String path, String headers, String body) {
        boolean framed = !body.isEmpty() || Set.of("POST", "PUT", "PATCH").contains(method);
        String length = framed ? "Content-Length: " + body.length() + "\r\n" : "";
        String head =
                method + " " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + headers;
        byte[] request = (head + length + "\r\n" + body).getBytes(ISO_8859_1);
        try {
            Answer answer = Objects.requireNonNull(Wire.exchange(port, request), "closed: " + head);
            EveryAnswer.check(answer);
            return answer;
        } catch (IOException e) {
            throw new AssertionError(head, e);
        }
    }
}

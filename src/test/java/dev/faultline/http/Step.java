package dev.faultline.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;

import java.util.EnumSet;
import java.util.Set;

/**
 * A request to a machine under random test.
 *
 * @param path below the machine's own, with its query
 * @param type the media type of the body
 * @param body empty for none
 * @param looks what is looked at around it, beyond what is checked after every request
 */
record Step(String method, String path, String type, String body, Set<Look> looks) {

    /** What is looked at beside every request's answer. */
    enum Look {
        /** Before it: whether a stale {@code If-Match} changes nothing. */
        STALE_MATCH,
        /** Before it: what the first access would come to. */
        FORETELL,
        /** Whether the same request again under one {@code Idempotency-Key} changes nothing. */
        AGAIN,
        /** Whether a clone has the same digest. */
        CLONE,
        /** Whether frames and page tables tell the same story. */
        MAPPINGS,
        /** Whether memory has the bytes that were written. */
        BYTES,
        /** Whether all views of a clone are the same, and looking changes nothing. */
        VIEWS
    }

    static Step json(String method, String path, JsonNode body) {
        return new Step(method, path, Client.JSON, body.toString(), EnumSet.noneOf(Look.class));
    }

    static Step text(String method, String path, String type, String body) {
        return new Step(method, path, type, body, EnumSet.noneOf(Look.class));
    }

    /** The same with other things to look at. */
    Step looking(Set<Look> other) {
        return new Step(method, path, type, body, other);
    }

    /** The same with another body. */
    Step with(String otherBody) {
        return new Step(method, path, type, otherBody, looks);
    }

    boolean has(Look look) {
        return looks.contains(look);
    }

    boolean isJson() {
        return type.equals(Client.JSON) && !body.isEmpty();
    }

    JsonNode json() {
        return Answer.MAPPER.readTree(body.isEmpty() ? "{}" : body);
    }

    /** The last part of the path, without the query. */
    String action() {
        return path.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    Answer send(Client client, String machine, String... headers) {
        return client.send(method, machine + path, type, body.getBytes(UTF_8), headers);
    }

    /** The request as a command for a shell, where {@code $M} is the machine's address. */
    String curl() {
        return curl(method, "$M" + path, type, body);
    }

    static String curl(String method, String address, String type, String body) {
        String line = "curl -X " + method + " \"" + address + "\"";
        return body.isEmpty()
                ? line
                : line
                        + " -H 'Content-Type: "
                        + type
                        + "' --data-binary $'"
                        + body.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
                        + "'";
    }
}

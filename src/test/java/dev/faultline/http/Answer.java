package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.http.HttpHeaders;
import java.util.Locale;

/** What the server answered to a request. */
public record Answer(String request, int status, HttpHeaders headers, byte[] body) {

    public static final JsonMapper MAPPER = JsonMapper.shared();

    /** Reads JSON that is written with ' for ". */
    static JsonNode json(String text) {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    /** Demands a status; the answer is shown if it has another. */
    Answer expect(int wanted) {
        assertThat(status).as("%s", this).isEqualTo(wanted);
        return this;
    }

    /** Demands a problem document with this status and reason. */
    Answer expectProblem(int wanted, String reason) {
        expect(wanted);
        assertThat(text("/reason")).as("%s", this).isEqualTo(reason);
        return this;
    }

    /** Demands a 400 for a body, whose first error is at a JSON pointer. */
    Answer expectBadField(String pointer) {
        expectProblem(400, "INVALID_BODY");
        assertThat(text("/errors/0/pointer")).as("%s", this).isEqualTo(pointer);
        return this;
    }

    public @Nullable String header(String name) {
        return headers.firstValue(name).orElse(null);
    }

    /** The media type without parameters, in lower case; empty if there is none. */
    public String mediaType() {
        String type = headers.firstValue("Content-Type").orElse("");
        return type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    public String text() {
        return new String(body, UTF_8);
    }

    public JsonNode json() {
        return MAPPER.readTree(body);
    }

    /** What stands at a JSON pointer, which must be there. */
    JsonNode at(String pointer) {
        JsonNode found = json().at(pointer);
        assertThat(found.isMissingNode()).as("nothing at %s in %s", pointer, this).isFalse();
        return found;
    }

    String text(String pointer) {
        return at(pointer).asString();
    }

    long number(String pointer) {
        return at(pointer).asLong();
    }

    boolean isNull(String pointer) {
        return at(pointer).isNull();
    }

    /** The version that the entity tag names. */
    long version() {
        String tag = header("ETag");
        assertThat(tag).as("ETag of %s", this).matches("\"v[0-9]+\"");
        return Long.parseLong(String.valueOf(tag).replaceAll("[^0-9]", ""));
    }

    @Override
    public String toString() {
        String shown = text();
        return request
                + " → "
                + status
                + " "
                + headers.map()
                + " "
                + (shown.length() <= 2000 ? shown : shown.substring(0, 2000) + "…");
    }
}

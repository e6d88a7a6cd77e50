package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.api.web.Reason;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Locale;

/** What the contract says of every answer, whatever was asked. */
public final class EveryAnswer {

    /** What tells browsers to be careful. */
    private static final List<String> SAFE =
            List.of(
                    "X-Content-Type-Options: nosniff",
                    "X-Frame-Options: DENY",
                    "Referrer-Policy: no-referrer");

    private EveryAnswer() {}

    public static void check(Answer answer) {
        assertThat(answer.header("Request-Id"))
                .as("Request-Id of %s", answer)
                .matches("[A-Za-z0-9_.-]{1,100}");
        for (String header : SAFE) {
            String[] words = header.split(": ", 2);
            assertThat(answer.headers().allValues(words[0]))
                    .as("%s of %s", words[0], answer)
                    .containsExactly(words[1]);
        }
        String tag = answer.header("ETag");
        if (tag != null && answer.request().contains("/v1/")) {
            assertThat(tag).as("%s", answer).matches("(W/)?\"v[0-9]+\"");
        }
        if (answer.status() >= 400 && !answer.request().startsWith("HEAD ")) {
            checkProblem(answer);
        }
        if (answer.status() == 405) {
            assertThat(answer.header("Allow")).as("%s", answer).isNotBlank();
        }
        if (answer.status() == 429) {
            assertThat(answer.header("Retry-After")).as("%s", answer).matches("[0-9]+");
        }
    }

    private static void checkProblem(Answer answer) {
        assertThat(answer.text())
                .as("%s", answer)
                .doesNotContain(
                        "\tat ",
                        "Exception",
                        "dev.faultline",
                        "java.lang",
                        "JsonReadFeature",
                        "JsonToken",
                        "deserializ",
                        "end-of-input",
                        "was expecting",
                        "Unexpected ",
                        "is not supported");
        assertThat(answer.mediaType()).as("%s", answer).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        String reason = problem.path("reason").asString("");
        assertThat(Reason.values())
                .as("reason of %s", answer)
                .anyMatch(
                        each ->
                                each.name().equals(reason)
                                        && each.status().value() == answer.status());
        String slug = reason.toLowerCase(Locale.ROOT).replace('_', '-');
        assertThat(problem.path("type").asString(""))
                .as("type of %s", answer)
                .isEqualTo("/problems/" + slug);
        assertThat(problem.path("title").asString("")).as("title of %s", answer).isNotBlank();
        assertThat(problem.path("detail").asString("")).as("detail of %s", answer).isNotBlank();
        assertThat(problem.path("status").asInt(0))
                .as("status of %s", answer)
                .isEqualTo(answer.status());
        assertThat(problem.path("instance").asString(""))
                .as("instance of %s", answer)
                .startsWith("/");
    }
}

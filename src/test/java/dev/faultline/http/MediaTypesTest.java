package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

/** What is no media type is told so, by every operation, before anything is done. */
@Tag("slow")
class MediaTypesTest extends HttpTest {

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "*", "json", "/", ";", "a/b c"})
    void aBodyHasOneType(String type) {
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            if (each.hasBody()) {
                for (String body : new String[] {"", "{}"}) {
                    String header = "Content-Type: " + type + "\r\n";
                    operations
                            .send(each.method(), each.path(), header, body)
                            .expectProblem(415, "UNSUPPORTED_MEDIA_TYPE");
                }
            }
        }
        assertThat(operations.victim()).isEqualTo(before);
    }

    @Test
    void anEmptyTypeIsNone() {
        String machine = client.machineWithProcess("{}");
        Operations operations = new Operations(client, port);
        operations.send("POST", machine + "/processes/1/fork", "Content-Type:\r\n", "").expect(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "a/b",
                "/",
                ";",
                "text/html;q=x",
                "text/event-streams",
                "application/json;q=0",
                "*/*;q=0"
            })
    void whatCannotBeAnsweredIsNotAcceptable(String accept) {
        Operations operations = new Operations(client, port);
        JsonNode before = operations.victim();
        for (Operations.Played each : operations.all()) {
            if (each.answersBody()) {
                String headers = "Accept: " + accept + "\r\n";
                String type = each.hasBody() ? "Content-Type: " + each.taken() + "\r\n" : "";
                String body = each.hasBody() ? "{}" : "";
                operations
                        .send(each.method(), each.path(), headers + type, body)
                        .expectProblem(406, "NOT_ACCEPTABLE");
            }
        }
        assertThat(operations.victim()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v3/api-docs", "/actuator", "/actuator/health", "/actuator/prometheus"})
    void soDoesTheRestOfTheServer(String path) {
        Operations operations = new Operations(client, port);
        operations
                .send("GET", path, "Accept: garbage\r\n", "")
                .expectProblem(406, "NOT_ACCEPTABLE");
    }

    @Test
    void aTraceIsWrittenInTheTypeThatIsMostWelcome() {
        String trace = client.postText("/v1/traces", "text/x-pages", "1,2").text("/id");
        String content = "/v1/traces/" + trace + "/content";
        assertType(content, "text/x-pages;q=0.5, text/x-lackey", "text/x-lackey");
        assertType(
                content, "application/octet-stream;q=0, */*;q=0.1, text/csv;q=0", "text/x-lackey");
        assertType(content, "*/*;q=0.9, text/x-pages", "text/x-pages");
        assertType(content, "*/*, text/x-pages", "application/octet-stream");
        assertType(content, "text/*", "text/x-lackey");
        assertType(content, "", "application/octet-stream");
    }

    private void assertType(String content, String accept, String type) {
        assertThat(client.get(content, "Accept", accept).expect(200).mediaType())
                .as("%s", accept)
                .isEqualTo(type);
    }
}

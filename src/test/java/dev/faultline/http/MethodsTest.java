package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code Allow} tells the methods of a path, no more and no fewer, whatever asks for it. */
@Tag("slow")
class MethodsTest extends HttpTest {

    private static final List<String> METHODS =
            List.of(
                    "GET",
                    "HEAD",
                    "POST",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "TRACE",
                    "QUERY",
                    "PROPFIND",
                    "BREW");

    @Test
    void everyPathTellsItsMethods() {
        Operations operations = new Operations(client, port);
        for (Map.Entry<String, Set<String>> path : operations.methods().entrySet()) {
            Set<String> methods = new TreeSet<>(path.getValue());
            methods.add("OPTIONS");
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            String allow = String.join(", ", methods);
            for (String query : List.of("", "?x=1")) {
                String target = path.getKey() + query;
                Answer options = operations.send("OPTIONS", target, "", "").expect(200);
                assertThat(options.header("Allow")).as("%s", options).isEqualTo(allow);
            }
            for (String method : METHODS) {
                if (!methods.contains(method)) {
                    Answer answer = operations.send(method, path.getKey(), "", "").expect(405);
                    assertThat(answer.header("Allow")).as("%s", answer).isEqualTo(allow);
                }
            }
        }
    }

    /** Asked about no path, it tells the methods that some path has; TRACE is none of them. */
    @Test
    void theWholeServerTellsItsMethods() {
        Operations operations = new Operations(client, port);
        Answer answer = operations.send("OPTIONS", "*", "", "").expect(200);
        assertThat(answer.header("Allow"))
                .isEqualTo("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
        assertThat(answer.header("Request-Id")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/v2",
                "/v1/nothing",
                "/v1/machines/",
                "/v1//machines",
                "/error"
            })
    void whatIsNotThereHasNoMethods(String path) {
        Operations operations = new Operations(client, port);
        for (String method : List.of("OPTIONS", "TRACE", "GET", "POST", "BREW")) {
            Answer answer = operations.send(method, path, "", "").expect(404);
            assertThat(answer.header("Allow")).as("%s", answer).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/swagger-ui/index.html", "/v3/api-docs", "/actuator/health", "/docs"})
    void whatIsOnlyReadSaysSo(String path) {
        Operations operations = new Operations(client, port);
        for (String method : List.of("TRACE", "POST", "DELETE", "BREW")) {
            Answer answer = operations.send(method, path, "", "").expect(405);
            assertThat(answer.header("Allow")).as("%s", answer).isEqualTo("GET, HEAD, OPTIONS");
        }
        Answer options = operations.send("OPTIONS", path, "", "").expect(200);
        assertThat(String.valueOf(options.header("Allow")).split(", ?", -1))
                .containsExactlyInAnyOrder("GET", "HEAD", "OPTIONS");
    }

    @Test
    void aHeadOfAStreamEndsAndHoldsNone() {
        Operations operations = new Operations(client, port);
        String stream = "Accept: text/event-stream\r\n";
        String events = "/v1/machines/victim/events";
        for (int i = 0; i <= MOST_STREAMS; i++) {
            Answer answer = operations.send("HEAD", events, stream, "").expect(200);
            assertThat(answer.mediaType()).isEqualTo("text/event-stream");
        }
        String finished = client.get("/v1/operations").text("/operations/0/id");
        operations.send("HEAD", "/v1/operations/" + finished, stream, "").expect(200);
    }
}

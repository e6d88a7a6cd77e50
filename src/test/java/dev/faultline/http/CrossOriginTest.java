package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

import java.util.List;

/** May a page from elsewhere use the server? */
@Tag("slow")
class CrossOriginTest extends HttpTest {

    private static final String MACHINES = "/v1/machines";
    private static final String ASKED = "Access-Control-Request-Method: ";

    private @Nullable Operations operations;

    private Operations operations() {
        if (operations == null) {
            operations = new Operations(client, port);
        }
        return operations;
    }

    private Answer asks(String origin, String method, String headers) {
        String asked = "Origin: " + origin + "\r\n" + ASKED + method + "\r\n";
        if (!headers.isEmpty()) {
            asked += "Access-Control-Request-Headers: " + headers + "\r\n";
        }
        return operations().send("OPTIONS", MACHINES, asked, "");
    }

    private Answer sends(String method, String path, String headers) {
        return operations().send(method, path, headers, "");
    }

    private static List<String> list(Answer answer, String header) {
        return List.of(String.valueOf(answer.header(header)).split(", ?", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://elsewhere.example", "null", "https://localhost:1"})
    void noPageMayUnlessItIsAllowed(String origin) {
        Answer answer = asks(origin, "POST", "").expectProblem(403, "ORIGIN_NOT_ALLOWED");
        assertThat(answer.text("/detail")).contains(origin, "faultline.cors.allowed-origins");
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    }

    /** A POST without a body is sent without asking first: a page could reset machines. */
    @Test
    void whatIsSentUnaskedChangesNothing() {
        Operations operations = operations();
        String origin = "Origin: http://elsewhere.example\r\n";
        long version = operations.victim().get("version").asLong();
        operations
                .send("POST", "/v1/machines/victim/processes", origin, "")
                .expectProblem(403, "ORIGIN_NOT_ALLOWED");
        assertThat(operations.victim().get("version").asLong()).isEqualTo(version);
        Answer read = operations.send("GET", "/v1/machines/victim", origin, "").expect(200);
        assertThat(read.header("Access-Control-Allow-Origin")).isNull();
    }

    /** Behind a proxy a page's origin is not what the server is called; the browser knows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://h\r\n",
                "Origin: http://h:80\r\n",
                "",
                "Origin: https://front.example\r\nSec-Fetch-Site: same-origin\r\n"
            })
    void ownPagesMay(String headers) {
        Operations operations = operations();
        operations.send("POST", "/v1/machines/victim/processes", headers, "").expect(201);
    }

    @Test
    void whoJustAsksForMethodsIsTold() {
        Answer answer = sends("OPTIONS", MACHINES, "").expect(200);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        answer = sends("OPTIONS", MACHINES, "Origin: http://h\r\n").expect(200);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    /** The same with two origins allowed. */
    @Nested
    @TestPropertySource(
            properties =
                    "faultline.cors.allowed-origins=https://course.example,http://localhost:5173")
    class Allowed {

        @ParameterizedTest
        @CsvSource({
            "https://course.example, POST, content-type",
            "http://localhost:5173, DELETE, if-match",
            "http://localhost:5173, PATCH, 'content-type,idempotency-key,if-match,prefer'",
            "https://course.example, GET, last-event-id",
            "https://course.example, PUT, ''"
        })
        void thesePagesMay(String origin, String method, String headers) {
            Answer answer = asks(origin, method, headers).expect(200);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(list(answer, "Access-Control-Allow-Methods")).contains(method);
            if (!headers.isEmpty()) {
                assertThat(list(answer, "Access-Control-Allow-Headers"))
                        .containsExactlyInAnyOrderElementsOf(List.of(headers.split(",")));
            }
            assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
            assertThat(answer.headers().allValues("Vary").toString()).contains("Origin");
            assertThat(answer.body()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({
            "http://course.example, POST, ''",
            "https://course.example.evil.example, POST, ''",
            "https://course.example, TRACE, ''",
            "https://course.example, POST, x-forwarded-for"
        })
        void noOthersAndNothingElse(String origin, String method, String headers) {
            Answer answer = asks(origin, method, headers).expectProblem(403, "ORIGIN_NOT_ALLOWED");
            assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        }

        @Test
        void theyReadWhatAnswersSay() {
            String origin = "Origin: https://course.example\r\n";
            Operations operations = operations();
            Answer made = operations.send("POST", "/v1/machines/victim/clone", origin, "");
            made.expect(201);
            assertThat(made.header("Access-Control-Allow-Origin"))
                    .isEqualTo("https://course.example");
            assertThat(list(made, "Access-Control-Expose-Headers"))
                    .contains("ETag", "Location", "Request-Id", "Link", "Retry-After")
                    .contains("Idempotency-Replayed", "Allow");
        }

        /** A page has to see why it failed, whatever failed. */
        @ParameterizedTest
        @CsvSource({"GET, /nothing, 404", "GET, /v1/machines;x, 400", "PATCH, /v1/machines, 405"})
        void theyReadErrorsToo(String method, String path, int status) {
            Answer answer = sends(method, path, "Origin: https://course.example\r\n");
            assertThat(answer.expect(status).header("Access-Control-Allow-Origin"))
                    .isEqualTo("https://course.example");
        }

        @Test
        void others() {
            sends("POST", "/v1/machines/victim/reset", "Origin: http://elsewhere.example\r\n")
                    .expectProblem(403, "ORIGIN_NOT_ALLOWED");
            Answer plain = sends("OPTIONS", MACHINES, "").expect(200);
            assertThat(plain.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
            assertThat(plain.header("Access-Control-Allow-Origin")).isNull();
        }
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Statuses that HTTP itself asks for are documented, and blame nobody who is not to blame. */
class StatusesTest extends HttpTest {

    private static final String POST = "POST /v1/machines HTTP/1.1\r\nHost: h\r\n";

    @Test
    void everyOperationDocumentsThem() {
        Operations operations = new Operations(client, port);
        for (Operations.Played each : operations.all()) {
            List<String> documented =
                    List.copyOf(each.documented().path("responses").propertyNames());
            assertThat(documented)
                    .as("%s", each)
                    .contains("400", "404", "405", "406", "413", "415", "417", "429");
            if (each.hasBody()) {
                assertThat(documented).as("%s", each).contains("408", "409", "412", "422");
            }
        }
    }

    @Test
    void aTableOfAnEndedProcessIsGoneAsDocumented() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes/1/exit").expect(200);
        client.get(machine + "/processes/1/table-memory").expectProblem(409, "PROCESS_EXITED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Transfer-Encoding: gzip | 501 | NOT_IMPLEMENTED",
                "Transfer-Encoding: xchunked | 501 | NOT_IMPLEMENTED",
                "Expect: 200-ok | 417 | EXPECTATION_FAILED"
            })
    void whatTheContainerRefuses(String header, int status, String reason) throws IOException {
        Answer answer = exchange(POST + header + "\r\nConnection: close\r\n\r\n");
        answer.expectProblem(status, reason);
        assertThat(answer.text("/detail")).doesNotContain("mistake").contains(" ");
    }

    @Test
    void anotherVersionIsNoMistakeOfTheServers() throws IOException {
        Answer answer = exchange("GET /v1/machines HTTP/9.9\r\nHost: h\r\n\r\n");
        answer.expectProblem(505, "HTTP_VERSION_NOT_SUPPORTED");
        assertThat(answer.text("/detail")).contains("HTTP/1.1");
    }

    private Answer exchange(String request) throws IOException {
        byte[] bytes = request.getBytes(ISO_8859_1);
        Answer answer = Objects.requireNonNull(Wire.exchange(port, bytes));
        EveryAnswer.check(answer);
        return answer;
    }
}

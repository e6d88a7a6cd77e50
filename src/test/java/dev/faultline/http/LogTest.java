package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.util.List;

/** A client cannot fill the log. */
@ExtendWith(OutputCaptureExtension.class)
class LogTest extends HttpTest {

    /** Calls that are under way at a failure, at least. */
    private static final int DEEP = 200;

    @Test
    void whatAClientDoesWrongIsNotLogged(CapturedOutput output) {
        Operations operations = new Operations(client, port);
        String before = output.getOut();
        for (String method : List.of("GET", "POST", "DELETE", "OPTIONS", "TRACE", "BREW")) {
            for (String path : List.of("/v1/machines", "/v1/presets", "/nothing", "/", "/error")) {
                String headers = "Accept: garbage\r\nContent-Type: garbage\r\n";
                operations.send(method, path, headers, "{}");
                operations.send(method, path, "", "");
            }
        }
        client.post("/v1/machines", "{'frames': NaN}").expect(400);
        client.post("/v1/machines", "{'frames': 0}").expect(400);
        assertThat(output.getOut().substring(before.length()))
                .doesNotContain(" WARN ", " ERROR ", "\tat ");
    }

    @Test
    void aTraceOfCallsIsShort(CapturedOutput output) {
        LoggerFactory.getLogger(LogTest.class).error("a test says so", deep(DEEP));
        String told = output.getOut().replaceFirst("(?s).*a test says so", "");
        assertThat(told).contains("too deep", "no deeper");
        assertThat(told.lines().filter(line -> line.startsWith("\tat ")).count())
                .isBetween(4L, 40L);
    }

    private static RuntimeException deep(int calls) {
        return calls > 0
                ? deep(calls - 1)
                : new IllegalStateException("too deep", new IllegalArgumentException("no deeper"));
    }
}

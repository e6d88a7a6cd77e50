package dev.faultline.api.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.time.Duration;

/** How much may the bodies of all requests under way have together? */
class BodyLimitFilterTest {

    private static final long MIB = 1 << 20;

    private final BodyLimitFilter filter =
            new BodyLimitFilter(settings(MIB, MIB), new ProblemWriter(JsonMapper.shared()));

    private static ApiSettings settings(long body, long bodies) {
        return new ApiSettings(body, bodies, 1, 1, 1, 1, 1, 1, 1, 0, Duration.ofHours(1));
    }

    private interface Meanwhile {
        void run() throws ServletException, IOException;
    }

    /** A request whose body is read to its end, and during which something else happens. */
    private void read(int bytes, Meanwhile meanwhile) throws ServletException, IOException {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/v1/machines");
        request.setContent(new byte[bytes]);
        filter.doFilter(
                request,
                new MockHttpServletResponse(),
                (inside, response) -> {
                    readAll(inside);
                    meanwhile.run();
                });
    }

    private static void readAll(ServletRequest request) throws IOException {
        assertThat(request.getInputStream().readAllBytes()).hasSize(request.getContentLength());
    }

    private ApiException refusalOf(int bytes) {
        return catchThrowableOfType(ApiException.class, () -> read(bytes, () -> {}));
    }

    @Test
    void bodiesUnderWayHaveABoundTogether() throws ServletException, IOException {
        read(
                700_000,
                () -> {
                    ApiException refusal = refusalOf(700_000);
                    assertThat(refusal.reason()).isEqualTo(Reason.TOO_MANY_BODIES);
                    assertThat(refusal.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
                    assertThat(refusal.headers().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
                    read(300_000, () -> {});
                });
        for (int i = 0; i < 10; i++) { // nothing of those before is still counted
            read(1_000_000, () -> {});
        }
    }

    @Test
    void aShortBodyIsNeverRefused() throws ServletException, IOException {
        read(
                1_040_000,
                () -> assertThat(refusalOf(60_000).reason()).isEqualTo(Reason.TOO_MANY_BODIES));
        read(1_040_000, () -> read(16_384, () -> read(16_384, () -> {})));
    }

    @ParameterizedTest
    @CsvSource({"256, 4, 8, 16", "1024, 16, 32, 64", "6144, 16, 192, 64"})
    void whatIsLeftOutFollowsFromTheHeap(long heap, long body, long bodies, long answers) {
        ApiSettings settings = settings(0, 0);
        assertThat(settings.idempotencyBytes(heap * MIB)).isEqualTo(answers * MIB);
        assertThat(settings.bodyBytes(heap * MIB)).isEqualTo(body * MIB);
        assertThat(settings.bodiesBytes(heap * MIB)).isEqualTo(bodies * MIB);
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdOutputStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.zip.GZIPOutputStream;

/** What each part of a request may be at most: docs/settings.md. */
@Tag("slow")
class LimitsTest extends HttpTest {

    /** What is nested in a condition that ends a run, which is read as a tree. */
    @Test
    void theDepthOfJson() {
        String run = client.machineWithProcess("{}") + "/run";
        String tooDeep = "it is nested more than 64 deep";
        IntFunction<Answer> nested =
                depth -> client.post(run, "{'until': " + "[".repeat(depth - 1));
        assertThat(detail(nested.apply(64))).contains("it ends before");
        assertThat(detail(nested.apply(65))).contains(tooDeep);
        assertThat(detail(nested.apply(1_000_000))).contains(tooDeep);
    }

    private static String detail(Answer answer) {
        return answer.expectProblem(400, "INVALID_BODY").text("/detail");
    }

    @Test
    void theLengthsOfNamesAndNumbers() {
        IntFunction<Answer> name =
                length -> client.post("/v1/machines", "{'" + "n".repeat(length) + "': 1}");
        assertThat(detail(name.apply(1000))).contains("no such property");
        assertThat(detail(name.apply(1001))).contains("has more than 1000 characters");
        IntFunction<Answer> number =
                digits -> client.post("/v1/machines", "{'frames': " + "9".repeat(digits) + "}");
        assertThat(detail(number.apply(100))).contains("integer");
        assertThat(detail(number.apply(101))).contains("has more than 100 characters");
        assertThat(detail(number.apply(1_000_000))).contains("has more than 100 characters");
    }

    /** A string, or an array of what takes least, may be as long as a body. */
    @Test
    void theLengthsOfStringsAndArrays() {
        String string = "{'id': '" + "x".repeat(15 << 20) + "'}";
        assertThat(detail(client.post("/v1/machines", string))).hasSizeLessThan(300);
        String array = "{'random': {'numbers': [" + "1,".repeat(7 << 20) + "1]}}";
        assertThat(detail(client.post("/v1/machines", array))).contains("numbers");
        String sweep = "{'pages': [1], 'frames': [" + "1,".repeat(1000) + "1]}";
        assertThat(detail(client.post("/v1/sweeps", sweep))).contains("frames");
        client.post("/v1/machines", "{'id': '" + "x".repeat(17 << 20) + "'}")
                .expectProblem(413, "BODY_TOO_LARGE");
    }

    private Answer head(String target, String headers) throws IOException {
        String head = "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
        Answer answer = Objects.requireNonNull(Wire.exchange(port, head.getBytes(UTF_8)));
        EveryAnswer.check(answer);
        return answer;
    }

    @Test
    void theHead() throws IOException {
        head("/v1/presets", "X-Long: " + "x".repeat(7000) + "\r\n").expect(200);
        int tooLong = head("/v1/presets", "X-Long: " + "x".repeat(9000) + "\r\n").status();
        assertThat(tooLong).isIn(400, 431);
        head("/v1/presets", "X-Many: 1\r\n".repeat(98)).expect(200);
        assertThat(head("/v1/presets", "X-Many: 1\r\n".repeat(120)).status()).isIn(400, 431);
    }

    @Test
    void theQuery() throws IOException {
        head("/v1/presets?" + "x".repeat(7000), "").expectProblem(400, "INVALID_PARAMETER");
        assertThat(head("/v1/presets?" + "x".repeat(9000), "").status()).isIn(400, 414);
        head("/v1/presets?" + "a&".repeat(1001), "").expectProblem(400, "INVALID_PARAMETER");
    }

    private interface Packer {
        OutputStream pack(OutputStream to) throws IOException;
    }

    private static byte[] zeros(long count, Packer packer) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = packer.pack(packed)) {
            byte[] block = new byte[1 << 20];
            for (long left = count; left > 0; left -= block.length) {
                out.write(block);
            }
        }
        return packed.toByteArray();
    }

    /** A third of a megabyte that would be 320: the machine stays as far as it came. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void aTraceThatIsABombIsEnded(String encoding) throws IOException {
        byte[] bomb =
                zeros(
                        320 << 20,
                        encoding.equals("gzip")
                                ? GZIPOutputStream::new
                                : to -> new ZstdOutputStream(to, 3));
        String machine = client.machineWithProcess("{}");
        Answer answer =
                client.send(
                        "POST",
                        machine + "/processes/1/trace",
                        Client.BINARY,
                        bomb,
                        "Content-Encoding",
                        encoding);
        answer.expectProblem(413, "BODY_TOO_LARGE");
        assertThat(answer.text("/detail")).contains("became more than 1000 bytes");
        long made = answer.number("/accesses");
        assertThat(made * 8).isBetween(255L << 20, 260L << 20);
        assertThat(client.get(machine + "/counters").number("/accesses")).isEqualTo(made);
        assertThat(client.version(machine)).isEqualTo(answer.number("/version"));
        client.access(machine, "read 0x0");
    }

    /** RFC 9659: whoever unpacks need not hold more than 8 MiB for it. */
    @Test
    void aWindowOfMoreThan8MiBIsRefused() throws IOException {
        byte[] small = zeros(32 << 20, to -> new ZstdOutputStream(to, 3).setWindowLog(23));
        byte[] large = zeros(32 << 20, to -> new ZstdOutputStream(to, 3).setWindowLog(24));
        String trace = client.machineWithProcess("{}") + "/processes/1/trace";
        String[] zstd = {"Content-Encoding", "zstd"};
        client.send("POST", trace, Client.BINARY, small, zstd).expect(200);
        client.send("POST", trace, Client.BINARY, large, zstd)
                .expectProblem(400, "BODY_NOT_READABLE");
        client.send("POST", "/v1/machines", Client.JSON, large, zstd)
                .expectProblem(400, "BODY_NOT_READABLE");
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.testing.OutsideProgram;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.web.util.HtmlUtils;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Does what newcomers copy work as it stands? */
@Tag("slow")
class ExamplesTest extends HttpTest {

    private static final String SESSION =
            """
            write: page fault, zero-fill
            read: 7 with no fault
            fork: process 2 shares frame 0
            child writes: protection fault, cow-copy
            parent reads: 7
            trace: 6 page faults, 4 evictions
            """;

    /** An error status ends the script, which curl would not do by itself. */
    private static final String STRICT =
            "set -euo pipefail; curl() { command curl -S --fail-with-body \"$@\"; echo; };\n";

    private record Ended(int status, String output) {}

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("example", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return new Ended(process.waitFor(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** The example plays the session, and says in words what is wrong elsewhere. */
    private void plays(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        words.add("http://localhost:" + port);
        assertThat(run(words.toArray(new String[0]))).isEqualTo(new Ended(0, SESSION));
        assertThat(client.get("/v1/machines").at("/machines")).as("it tidies up").isEmpty();
        words.set(words.size() - 1, "http://localhost:" + port + "/nothing");
        Ended failed = run(words.toArray(new String[0]));
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.output()).contains("NOT_FOUND", "/docs lists all");
    }

    @Test
    void inPython() throws IOException, InterruptedException {
        plays(OutsideProgram.require("python3").toString(), "examples/first_session.py");
    }

    @Test
    void inTheShell() throws IOException, InterruptedException {
        OutsideProgram.require("curl");
        plays(OutsideProgram.require("bash").toString(), "examples/first-session.sh");
    }

    @Test
    void inJava() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        plays(java, "-XX:TieredStopAtLevel=1", "examples/FirstSession.java");
    }

    /** What is said to be answered is answered to the calls as they stand on the page. */
    @Test
    void theCallsOfTheFirstPage() throws IOException, InterruptedException {
        OutsideProgram.require("curl");
        String page = client.get("/", "Accept", "text/html").expect(200).text();
        List<String> calls =
                Pattern.compile("<pre[^>]*><code>(.*?)</code></pre>", Pattern.DOTALL)
                        .matcher(page)
                        .results()
                        .map(call -> HtmlUtils.htmlUnescape(call.group(1)))
                        .toList();
        assertThat(calls).hasSize(3).allMatch(call -> call.contains("localhost:" + port));
        Ended ended = bash(String.join("\n", calls));
        assertThat(ended.output()).contains("\"id\":\"m1\"", "\"pid\":1", "zero-fill");
    }

    @Test
    void theFirstSessionOfTheReadme() throws IOException, InterruptedException {
        OutsideProgram.require("curl");
        Path file = Files.createTempFile("m1", ".faultline");
        Ended ended = bash(section("A first session").replace("m1.faultline", file.toString()));
        assertThat(ended.output())
                .contains("\"id\":\"m1\"", "zero-fill", "cow-copy", "\"evictions\":4")
                .contains("faultline_page_faults_total{", "\"oldestVersion\":1", "\"id\":\"m2\"")
                .contains("{\"pointer\":\"/frames/0/mappings\"");
        assertThat(client.digest("/v1/machines/m2")).isEqualTo(client.digest("/v1/machines/m1"));
        Files.delete(file);
    }

    @Test
    void whatTheReadmeHasMoreOf() throws IOException, InterruptedException {
        OutsideProgram.require("curl");
        String calls = section("More to try");
        String trace = "valgrind --tool=lackey --trace-mem=yes --log-file=trace.txt ls\n";
        assertThat(calls).contains(trace);
        Path file =
                Files.writeString(Files.createTempFile("trace", ".txt"), "I  04000a,3\n S 1f,4\n");
        String played = calls.replace(trace, "").replace("@trace.txt", "@" + file);
        assertThat(bash(played).output()).contains("\"accesses\":2,", "\"anomalies\"", "\"degree");
        Files.delete(file);
    }

    private Ended bash(String script) throws IOException, InterruptedException {
        Ended ended = run(OutsideProgram.require("bash").toString(), "-c", STRICT + script);
        assertThat(ended.status()).as("%s", ended.output()).isZero();
        return ended;
    }

    /** The commands of a section of the README, for this server. */
    private String section(String title) throws IOException {
        String text = Files.readString(Path.of("README.md"), UTF_8);
        String section = text.split("\n## " + title + "\n", 2)[1].split("\n## ", 2)[0];
        List<String> lines =
                section.lines()
                        .filter(line -> line.startsWith("    "))
                        .map(line -> line.substring(4))
                        .toList();
        return (String.join("\n", lines) + "\n").replace("localhost:8080", "localhost:" + port);
    }
}

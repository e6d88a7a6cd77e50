package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.api.web.Reason;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.util.HtmlUtils;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Does a person with a browser find the way, and a program with it? */
@Tag("slow")
class PagesTest extends HttpTest {

    /** What Firefox and Chromium send. */
    private static final String[] BROWSER = {
        "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    };

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]*)\"");
    private static final Pattern HEADING = Pattern.compile("<h([1-6])[ >]");
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");

    @Test
    void everyLinkOfEveryPageLeadsSomewhere() {
        Map<String, Answer> pages = allPages();
        assertThat(pages.keySet())
                .contains("/", "/problems", "/guide/readme", "/guide/machine", "/guide/changelog");
        pages.forEach(
                (path, page) -> {
                    for (String link : found(LINK, page.text())) {
                        List<String> parts = List.of(link.split("#", 2));
                        String target = parts.get(0).isEmpty() ? path : parts.get(0);
                        if (target.startsWith("/") && parts.size() == 2) {
                            assertThat(
                                            found(
                                                    ID,
                                                    Objects.requireNonNull(
                                                                    pages.get(target), target)
                                                            .text()))
                                    .as("the anchors that %s links to as %s", path, link)
                                    .contains(parts.get(1));
                        }
                    }
                });
    }

    /** Follows all links on this server, and reads each page that it comes to. */
    private Map<String, Answer> allPages() {
        Map<String, Answer> pages = new LinkedHashMap<>();
        Map<String, Integer> others = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty()) {
            String path = open.remove();
            if (pages.containsKey(path) || others.containsKey(path)) {
                continue;
            }
            Answer answer = client.get(path, BROWSER);
            if (answer.mediaType().equals("text/html") && !path.startsWith("/swagger-ui")) {
                pages.put(path, answer.expect(200));
                found(LINK, answer.text()).stream()
                        .map(link -> link.replaceFirst("#.*", ""))
                        .filter(link -> !link.isEmpty() && !link.startsWith("http"))
                        .peek(link -> assertThat(link).as("a link of %s", path).startsWith("/"))
                        .forEach(open::add);
            } else {
                others.put(path, answer.status());
                if (answer.status() == 302) {
                    open.add(Objects.requireNonNull(answer.header("Location")));
                }
            }
        }
        assertThat(others.values()).as("%s", others).containsOnly(200, 302);
        return pages;
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> HtmlUtils.htmlUnescape(match.group(1)))
                .toList();
    }

    @Test
    void everyPageIsWellMade() {
        allPages()
                .forEach(
                        (path, page) -> {
                            checkStructure(page);
                            checkHeaders(path, page);
                        });
    }

    private static void checkStructure(Answer page) {
        String html = page.text();
        assertThat(html)
                .as("%s", page)
                .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
                .containsOnlyOnce("<main>")
                .containsOnlyOnce("<h1")
                .containsPattern("<title>[^<]*Faultline</title>")
                .contains("width=device-width")
                .doesNotContain("<script", "style=", "<style", "javascript:", "{{");
        int level = 1;
        for (String heading : found(HEADING, html)) {
            assertThat(Integer.parseInt(heading)).as("%s", page).isBetween(1, level + 1);
            level = Integer.parseInt(heading);
        }
        assertThat(found(ID, html)).as("%s", page).doesNotHaveDuplicates();
    }

    private void checkHeaders(String path, Answer page) {
        assertThat(page.header("Content-Security-Policy"))
                .startsWith("default-src 'none'; style-src 'self'; img-src 'self';")
                .doesNotContain("unsafe", "*", "script");
        assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
        String tag = Objects.requireNonNull(page.header("ETag"));
        Answer again = client.get(path, with(BROWSER, "If-None-Match", tag)).expect(304);
        assertThat(again.body()).isEmpty();
        Answer head = client.head(path, BROWSER).expect(200);
        assertThat(head.body()).isEmpty();
        for (String name : List.of("ETag", "Content-Type", "Content-Length")) {
            assertThat(head.header(name)).as(path).isEqualTo(page.header(name));
        }
    }

    private static String[] with(String[] headers, String... more) {
        return Stream.concat(Stream.of(headers), Stream.of(more)).toArray(String[]::new);
    }

    /** Every document of the project has a page, and all that it says is on it. */
    @Test
    void everyDocumentIsServed() throws IOException {
        List<Path> files = new ArrayList<>(documents(Path.of(".")));
        files.addAll(documents(docs()));
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".md", "");
            String path = "/guide/" + name.toLowerCase(Locale.ROOT);
            String page = client.get(path).expect(200).text();
            List<String> lines = Files.readAllLines(file);
            String title = lines.getFirst().replaceFirst("# ", "");
            assertThat(page).contains(">" + title + "</h1>").contains("</html>");
            int tables = (int) lines.stream().filter(line -> line.startsWith("| ---")).count();
            assertThat(found(Pattern.compile("(<table>)"), page)).as(name).hasSize(tables);
        }
        Answer image = client.get("/guide/images/dashboard.png").expect(200);
        assertThat(image.mediaType()).isEqualTo("image/png");
        Path file = docs().resolve("images/dashboard.png");
        assertThat(image.body()).isEqualTo(Files.readAllBytes(file));
    }

    private static List<Path> documents(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".md")).toList();
        }
    }

    private static Path docs() {
        return Path.of("docs");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/, /",
        "/index.html, /",
        "/docs/, /docs",
        "/swagger-ui.html, /docs",
        "/swagger-ui, /docs",
        "/swagger-ui/, /docs",
        "/guide, /guide/readme",
        "/guide/, /guide/readme",
        "/problems/, /problems"
    })
    void pathsNearbyLeadOn(String path, String target) {
        assertThat(client.get(path).expect(302).header("Location")).isEqualTo(target);
        assertThat(client.head(path).expect(302).header("Location")).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1"})
    void aProgramGetsLinks(String path) {
        for (String accept : List.of("*/*", "application/json", "text/html;q=0.5, */*;q=0.6")) {
            Answer start = client.get(path, "Accept", accept).expect(200);
            assertThat(start.mediaType()).isEqualTo("application/json");
            assertThat(start.text("/name")).isEqualTo("Faultline");
            start.at("/links")
                    .forEach(
                            link ->
                                    assertThat(client.get(link.asString()).status())
                                            .as("%s", link)
                                            .isIn(200, 302));
        }
        assertThat(client.get(path).mediaType()).isEqualTo("application/json");
        assertThat(client.get(path, BROWSER).mediaType()).isEqualTo("text/html");
        assertThat(client.get(path, BROWSER).header("Vary"))
                .containsPattern("(?i)\\baccept\\b(?!-)");
        client.get(path, "Accept", "image/png").expectProblem(406, "NOT_ACCEPTABLE");
        client.send("POST", path, Client.JSON, new byte[] {'{', '}'})
                .expectProblem(405, "METHOD_NOT_ALLOWED");
    }

    /** The calls on the first page go to the server that the browser asked, whatever its name. */
    @ParameterizedTest
    @CsvSource({
        "faultline.example:8081, faultline.example:8081",
        "[::1]:9, [::1]:9",
        "a_b, a_b",
        "\"><b>, localhost:",
        "a/b, localhost:",
        "'', localhost:"
    })
    void theFirstPageNamesThisServer(String host, String shown) throws IOException {
        String request =
                "GET / HTTP/1.1\r\nHost: "
                        + host
                        + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
        Answer answer = Objects.requireNonNull(Wire.exchange(port, request.getBytes(UTF_8)));
        EveryAnswer.check(answer);
        if (answer.status() == 400) {
            return; // no host at all, to the container
        }
        String server = shown.endsWith(":") ? shown + port : shown;
        assertThat(answer.expect(200).text())
                .contains("curl -s http://" + server + "/v1/machines ")
                .doesNotContain("localhost:8080", "<b>", "a/b");
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeOfProblemIsExplained(Reason reason) {
        String path = reason.type().toString();
        String page = HtmlUtils.htmlUnescape(client.get(path, BROWSER).expect(200).text());
        assertThat(page)
                .contains(">" + reason.title() + "</h1>")
                .contains("<code>" + reason + "</code>")
                .contains(reason.explanation());
        Answer json = client.get(path).expect(200);
        assertThat(json.text("/type")).isEqualTo(path);
        assertThat(json.text("/title")).isEqualTo(reason.title());
        assertThat(json.number("/status")).isEqualTo(reason.status().value());
        assertThat(json.text("/reasons/0/reason")).isEqualTo(reason.name());
        assertThat(json.text("/reasons/0/description")).isEqualTo(reason.explanation());
        assertThat(HtmlUtils.htmlUnescape(client.get("/problems", BROWSER).text()))
                .contains(reason.explanation());
        client.get(path, "Accept", "image/png").expectProblem(406, "NOT_ACCEPTABLE");
    }

    @Test
    void allTypesAreListed() {
        assertThat(client.get("/problems").expect(200).at("/problems"))
                .hasSize(Reason.values().length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/problems/nothing",
                "/problems/INVALID_BODY",
                "/guide/nothing",
                "/guide/README.md",
                "/guide/images/nothing.png",
                "/guide/images",
                "/guide/..%2fapplication.yaml",
                "/nothing",
                "/v2/machines"
            })
    void whatIsNotThereIsAProblemThatSaysWhereToLook(String path) {
        for (String[] headers : List.of(new String[0], BROWSER)) {
            Answer answer = client.get(path, headers);
            assertThat(answer.status()).isIn(400, 404);
            if (answer.status() == 404) {
                answer.expectProblem(404, "NOT_FOUND");
                assertThat(answer.text("/detail")).contains("/docs");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/machines, /v1/machines",
        "/v1/machines/, /v1/machines",
        "/machines/m1/processes/, /v1/machines/m1/processes",
        "/v1/machine, ''",
        "/presets, /v1/presets"
    })
    void aSlipInAPathIsNamed(String path, String meant) {
        Answer answer = client.get(path).expectProblem(404, "NOT_FOUND");
        assertThat(answer.text("/detail"))
                .contains(meant.isEmpty() ? "/docs" : "did you mean " + meant + "?");
    }

    @Test
    void theBuildSaysWhatItIs() {
        Answer info = client.get("/actuator/info").expect(200);
        assertThat(info.text("/build/name")).isEqualTo("Faultline");
        assertThat(info.text("/build/version")).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
        assertThat(info.text("/java/version")).isEqualTo(System.getProperty("java.version"));
        assertThat(info.at("/build").has("time")).as("no clock in the build").isFalse();
        assertThat(client.get("/").text("/version")).isEqualTo(info.text("/build/version"));
    }
}

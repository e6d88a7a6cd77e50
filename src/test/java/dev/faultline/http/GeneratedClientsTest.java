package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Do clients that are generated from the document compile, and can they play the README's first
 * session? What needs Node is skipped where there is none; CI has one.
 */
@Tag("slow")
class GeneratedClientsTest extends HttpTest {

    private static final boolean IN_CI = "true".equals(System.getenv("CI"));
    private static final Path SOURCES = Path.of("src/test/clients").toAbsolutePath();
    private static final Path TOOLS = Path.of("target/client-tools").toAbsolutePath();
    private static final Path BUILT = Path.of("target/clients").toAbsolutePath();
    private static final Path DOCUMENT = BUILT.resolve("openapi.json");
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @BeforeEach
    void writeDocument() throws IOException {
        Files.createDirectories(BUILT);
        Files.writeString(DOCUMENT, client.get("/v3/api-docs").expect(200).text());
    }

    @Test
    void javaClient() throws IOException {
        Path made = generate("java", "library=native,hideGenerationTimestamp=true");
        Path classes = Files.createDirectories(made.resolve("classes"));
        List<String> compile =
                command(javac(), "-nowarn", "-proc:none", "-d", classes, "-cp", jars());
        try (Stream<Path> files = Files.walk(made.resolve("src/main/java"))) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(compile::add);
        }
        compile.add(SOURCES.resolve("java/FirstSession.java").toString());
        run(made, compile);
        play(command(JAVA, "-cp", classes + File.pathSeparator + jars(), "FirstSession", server()));
    }

    private static String javac() {
        return Path.of(System.getProperty("java.home"), "bin", "javac").toString();
    }

    private static String jars() throws IOException {
        try (Stream<Path> files = Files.list(TOOLS)) {
            return String.join(
                    File.pathSeparator,
                    files.map(Path::toString)
                            .filter(name -> !name.contains("openapi-generator"))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void pythonClient() throws IOException {
        need("python3");
        Path made = generate("python", "packageName=faultline");
        run(made, command("python3", "-m", "compileall", "-q", "faultline"));
        boolean playable =
                works(made, command("python3", "-c", "import pydantic, urllib3, dateutil"));
        assumeTrue(playable, "the client's packages are not here, so it was compiled only");
        Path session = SOURCES.resolve("python/first_session.py");
        play(command("env", "PYTHONPATH=" + made, "python3", session, server()));
    }

    @Test
    void typescriptClients() throws IOException {
        Path modules = modules();
        Path project = fresh("typescript");
        for (String file : List.of("first-session.ts", "typed.ts", "tsconfig.json")) {
            Files.copy(SOURCES.resolve("typescript").resolve(file), project.resolve(file));
        }
        generate("typescript-fetch", "supportsES6=true,npmName=faultline");
        Files.move(BUILT.resolve("typescript-fetch"), project.resolve("client"));
        run(project, command(modules.resolve("openapi-typescript"), DOCUMENT, "-o", "api.ts"));
        run(project, command(modules.resolve("tsc"), "-p", "."));
        play(command("node", project.resolve("built/first-session.js"), server()));
        play(command("node", project.resolve("built/typed.js"), server()));
    }

    @Test
    void lintersHaveNothingToSay() throws IOException {
        Path modules = modules();
        Path rules = SOURCES.resolve("spectral.yaml");
        String found =
                run(
                        BUILT,
                        command(
                                modules.resolve("spectral"),
                                "lint",
                                "--ruleset",
                                rules,
                                "--fail-severity",
                                "hint",
                                DOCUMENT));
        assertThat(found).contains("No results");
        found =
                run(
                        BUILT,
                        command(
                                modules.resolve("redocly"),
                                "lint",
                                "--extends",
                                "recommended",
                                DOCUMENT));
        assertThat(found).contains("Your API description is valid").doesNotContain("warning");
    }

    /** The programs that npm installs, once for all tests and for as long as they are the same. */
    private static Path modules() throws IOException {
        need("node");
        need("npm");
        Path lock = Path.of("package-lock.json");
        boolean known =
                Files.exists(BUILT.resolve("node_modules"))
                        && Files.exists(BUILT.resolve(lock))
                        && Files.mismatch(SOURCES.resolve(lock), BUILT.resolve(lock)) == -1;
        if (!known) {
            delete(BUILT.resolve("node_modules"));
            Files.writeString(
                    BUILT.resolve("package.json"),
                    Files.readString(SOURCES.resolve("package.json")));
            run(BUILT, command("cp", SOURCES.resolve(lock), lock));
            try {
                run(BUILT, command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
            } catch (AssertionError e) {
                delete(BUILT.resolve(lock)); // half of it is not known
                throw e;
            }
        }
        return BUILT.resolve("node_modules/.bin");
    }

    private static void need(String program) {
        boolean there = works(BUILT, command(program, "--version"));
        assertThat(there || !IN_CI).as("CI has %s", program).isTrue();
        assumeTrue(there, "there is no " + program + " here");
    }

    private Path generate(String kind, String properties) throws IOException {
        Path made = fresh(kind);
        String log =
                run(
                        BUILT,
                        command(
                                JAVA,
                                "-jar",
                                TOOLS.resolve("openapi-generator-cli.jar"),
                                "generate",
                                "-i",
                                DOCUMENT,
                                "-g",
                                kind,
                                "-o",
                                made,
                                "--additional-properties=" + properties));
        assertThat(log).doesNotContain("] ERROR");
        return made;
    }

    private String server() {
        return "http://localhost:" + port;
    }

    private static Path fresh(String name) throws IOException {
        Path folder = BUILT.resolve(name);
        delete(folder);
        return Files.createDirectories(folder);
    }

    private static void delete(Path folder) {
        run(BUILT, command("rm", "-rf", folder));
    }

    private static List<String> command(Object... words) {
        return new ArrayList<>(Arrays.stream(words).map(String::valueOf).toList());
    }

    private static void play(List<String> command) {
        assertThat(run(BUILT, command)).endsWith("played\n");
    }

    /** Runs a program to its end, which has to be a good one. Answers what it said. */
    private static String run(Path folder, List<String> command) {
        try {
            Path log = Files.createTempFile(BUILT, "run", ".log");
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            process.destroyForcibly();
            String said = Files.readString(log);
            Files.delete(log);
            assertThat(ended && process.exitValue() == 0)
                    .as("%s said: %s", String.join(" ", command.subList(0, 1)), end(said))
                    .isTrue();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String end(String said) {
        return said.substring(Math.max(0, said.length() - 4000));
    }

    private static boolean works(Path folder, List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}

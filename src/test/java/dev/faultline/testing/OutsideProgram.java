package dev.faultline.testing;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A program that a test starts and the build does not bring. Where it is missing, the test is
 * skipped and says so; in CI ({@code CI=true}) it fails, because there a skipped test would hide
 * that nobody ever runs it.
 */
public final class OutsideProgram {

    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private OutsideProgram() {}

    /** Finds a program on the path. Call it before anything costly, in {@code @BeforeAll}. */
    public static Path require(String name) {
        return require(name, System.getenv(), System.out);
    }

    static Path require(String name, Map<String, String> environment, PrintStream console) {
        return SEPARATOR
                .splitAsStream(environment.getOrDefault("PATH", ""))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseGet(() -> missing(name, environment, console));
    }

    private static Path missing(String name, Map<String, String> environment, PrintStream console) {
        String message = "the program '" + name + "' is not on the path";
        if ("true".equals(environment.get("CI"))) {
            return Assertions.fail(message + ", and with CI=true no test may be skipped");
        }
        console.println("SKIPPED: " + message);
        return Assumptions.abort(message);
    }
}

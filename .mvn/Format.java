import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks ("check") or mends ("write") the format of every Java file below a folder; run by the build. */
final class Format {
    public static void main(String[] args) throws Exception {
        boolean write = args[0].equals("write");
        Formatter formatter =
                new Formatter(
                        JavaFormatterOptions.builder()
                                .style(JavaFormatterOptions.Style.AOSP)
                                .build());
        List<Path> unformatted = new ArrayList<>();
        try (var files = Files.walk(Path.of(args[1]))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
                String before = Files.readString(file);
                String after =
                        formatter.formatSource(
                                ImportOrderer.reorderImports(
                                        RemoveUnusedImports.removeUnusedImports(before),
                                        JavaFormatterOptions.Style.AOSP));
                if (!after.equals(before)) {
                    unformatted.add(file);
                    if (write) {
                        Files.writeString(file, after);
                    }
                }
            }
        }
        if (!write && !unformatted.isEmpty()) {
            unformatted.forEach(file -> System.err.println("not formatted: " + file));
            System.err.println("mend with: ./mvnw process-sources -Dformat.mode=write");
            System.exit(1);
        }
    }
}

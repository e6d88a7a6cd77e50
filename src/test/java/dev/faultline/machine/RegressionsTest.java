package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Do the games that were lost once, or show something rare, still end well? */
class RegressionsTest {

    private static final Path FOLDER = Path.of("src/test/resources/regressions");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void theGameEndsWell(Path file) throws IOException {
        Game game = Game.of(Files.readString(file));
        assertThat(game.commands()).isNotEmpty();
        game.play();
    }
}

package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.hosting.Job;
import dev.faultline.hosting.Operations;
import dev.faultline.owners.Owner;
import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A bare {@code java -jar} that has run out of memory ends, wherever that happened. */
@Tag("slow")
class OutOfMemoryTest {

    /** The status of {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int STATUS = 3;

    /** Takes all the memory there is, where it is told to. */
    @RestController
    static class Hungry {

        private final Operations operations;

        Hungry(Operations operations) {
            this.operations = operations;
        }

        @GetMapping("/hungry/{where}")
        void eat(@PathVariable String where) {
            Callable<Integer> meal = Hungry::eatAll;
            switch (where) {
                case "worker" ->
                        operations.start(
                                Owner.LOCAL,
                                new Job(
                                        "meal",
                                        1,
                                        1,
                                        0,
                                        each -> each.runAll(List.of(meal)).size()));
                case "operation" ->
                        operations.start(Owner.LOCAL, new Job("meal", 1, 1, 0, each -> eatAll()));
                case "thread" -> Thread.startVirtualThread(Hungry::eatAll);
                default -> eatAll();
            }
        }

        private static int eatAll() {
            List<byte[]> eaten = new ArrayList<>();
            while (eaten.size() < 1 << 20) {
                eaten.add(new byte[1 << 20]);
            }
            return eaten.size();
        }
    }

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"request", "worker", "operation", "thread"})
    void theProcessEnds(String where) throws IOException, InterruptedException {
        List<String> settings = List.of("--spring.main.sources=" + Hungry.class.getName());
        try (ServerProcess server = ServerProcess.start(folder, List.of("-Xmx128m"), settings)) {
            try {
                server.get("/hungry/" + where);
            } catch (IOException e) {
                // it ended before it answered
            }
            assertThat(server.awaitEnd(Duration.ofSeconds(30))).isEqualTo(STATUS);
            assertThat(server.log()).contains("Out of memory: the process ends.");
        }
    }
}

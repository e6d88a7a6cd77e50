package dev.faultline.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.Answer;
import dev.faultline.http.ApiDocument;
import dev.faultline.testing.SeedSource;
import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The served document, played against the server: every operation with valid and invalid requests,
 * by owners who must not learn of each other. {@code -Dfaultline.contract=} asks for more requests,
 * which then are others in each run; without it they are the same, so that a build can be repeated.
 * Sessions are played side by side, each with a seed of its own in a world of its own; {@code
 * -Dfaultline.contract.session=} plays one again, by the seed that a failure names.
 */
@Tag("slow")
class ContractTest {

    private static final long REQUESTS = Long.getLong("faultline.contract", 50_000);

    /** Requests among which each operation is carried out at least once. */
    private static final long COVERING = 50_000;

    private static final String ADMIN = "admin-of-the-contract-0123456789-0123456789";
    private static final int PLAYERS = 4;

    private final Tally tally = new Tally();
    private final AtomicBoolean broken = new AtomicBoolean();

    @Test
    void theServerKeepsItsContract(@TempDir Path folder) throws Exception {
        List<String> settings = List.of("--faultline.security.admin-key=" + ADMIN);
        try (ServerProcess server = ServerProcess.start(folder, List.of("-Xmx512m"), settings)) {
            Contract contract =
                    new Contract(
                            new ApiDocument(
                                    Answer.MAPPER.readTree(server.get("/v3/api-docs").body())));
            Long one = Long.getLong("faultline.contract.session");
            if (one != null) {
                new Session(server.port(), contract, ADMIN, tally, one).play();
                return;
            }
            try {
                playAll(server.port(), contract);
            } finally {
                server.log()
                        .lines()
                        .filter(each -> !each.contains(" INFO "))
                        .limit(60)
                        .forEach(System.out::println);
            }
            System.out.print(tally);
            assertThat(REQUESTS < COVERING ? List.of() : missing(contract))
                    .as("operations that were never carried out: give Hints what they take")
                    .isEmpty();
        }
    }

    private void playAll(int port, Contract contract) throws Exception {
        long seed = SeedSource.seeds(REQUESTS > COVERING ? 0 : 1).findFirst().orElseThrow();
        System.out.println("The contract's seed: -Dfaultline.seed=" + seed);
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Future<?>> played = new ArrayList<>();
        try (ExecutorService players = Executors.newFixedThreadPool(PLAYERS)) {
            for (int i = 0; i < PLAYERS; i++) {
                SplittableRandom own = seeds.split();
                played.add(players.submit(() -> playWhile(port, contract, own)));
            }
        }
        for (Future<?> each : played) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getMessage(), e);
            }
        }
    }

    private void playWhile(int port, Contract contract, SplittableRandom seeds) {
        try {
            while (tally.all() < REQUESTS && !broken.get()) {
                new Session(port, contract, ADMIN, tally, seeds.nextLong()).play();
            }
        } catch (Throwable e) {
            broken.set(true);
            throw e;
        }
    }

    private List<String> missing(Contract contract) {
        return contract.operations().stream()
                .map(Contract.Operation::id)
                .filter(each -> !tally.succeeded().contains(each))
                .toList();
    }
}

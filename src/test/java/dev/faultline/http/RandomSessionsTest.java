package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.Shrinking.Script;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.SeedSource;
import dev.faultline.testing.Seeds;
import dev.faultline.testing.SpecJson;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random machines of every feature live random lives over HTTP, and after each request the laws of
 * {@link Session} are checked. A session that breaks one is made smaller and told as commands for a
 * shell. The seeds are as with {@link Seeds}; {@code -Dfaultline.sessions=N} plays more or fewer
 * sessions.
 */
@Tag("slow")
class RandomSessionsTest extends HttpTest {

    /** Enough for {@link #REQUESTS}. */
    private static final long SESSIONS = Long.getLong("faultline.sessions", 120);

    private static final int STEPS = 60;
    private static final long REQUESTS = 20_000;

    /** How often a session is played again to make it smaller. */
    private static final int PLAYS = 600;

    /** Sessions at once: what is done to one machine is nothing to another. */
    private static final int THREADS = 2;

    /** What has to happen in all sessions together. */
    private static final List<String> HAPPENED =
            List.of(
                    "tlbHits",
                    "zeroFills",
                    "swapIns",
                    "swapOuts",
                    "fileIns",
                    "fileOuts",
                    "cowCopies",
                    "cowReuses",
                    "mapErrors",
                    "accessErrors",
                    "contextSwitches");

    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean broken = new AtomicBoolean();
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final Map<String, Long> counted = new TreeMap<>();

    @Test
    void noLawIsBroken() throws ExecutionException, InterruptedException {
        Views views = new Views(client.document());
        List<Callable<@Nullable String>> sessions =
                SeedSource.seeds(SESSIONS)
                        .<Callable<@Nullable String>>mapToObj(
                                one -> () -> broken.get() ? null : play(views, one))
                        .toList();
        List<String> failures = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (Future<@Nullable String> session : threads.invokeAll(sessions)) {
                String failure = session.get();
                if (failure != null) {
                    failures.add(failure);
                }
            }
        }
        System.out.printf(
                "%d sessions, %d requests, answers %s, counted %s%n",
                sessions.size(), requests.get(), statuses, counted);
        assertThat(failures).isEmpty();
        if (!SeedSource.isOneAskedFor()) {
            assertThat(requests.get()).isGreaterThanOrEqualTo(REQUESTS);
            assertThat(statuses.keySet()).contains(200, 201, 204, 404, 409);
            assertThat(counted.values()).as("%s", counted).allMatch(count -> count >= 20);
        }
    }

    /** Plays the session of a seed. Answers what law it broke, and how; null if it broke none. */
    private @Nullable String play(Views views, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ObjectNode spec = SpecJson.of(new RandomSpecs(random).next());
        List<Step> steps = new ArrayList<>();
        Session session = new Session(client, views, "random-" + seed, spec);
        try {
            session.begin();
            RandomSteps row = new RandomSteps(random, session);
            for (int i = 0; i < STEPS; i++) {
                Step step = row.next();
                steps.add(step);
                note(session.play(step).status());
            }
            note(session.shown());
            session.end();
            return null;
        } catch (BrokenLaw e) {
            broken.set(true);
            System.out.println("-Dfaultline.seed=" + seed + " breaks a law: " + e.getMessage());
            return told(seed, e, smallest(views, seed, e.law(), new Script(spec, steps)));
        } finally {
            session.close();
            requests.addAndGet(session.requests());
        }
    }

    private synchronized void note(int status) {
        statuses.merge(status, 1L, Long::sum);
    }

    /** Adds what a session came to up, for a run in which nothing happened would prove nothing. */
    private synchronized void note(JsonNode shown) {
        for (String name : HAPPENED) {
            counted.merge(name, shown.at("/counters/" + name).asLong(), Long::sum);
        }
    }

    private static String told(long seed, BrokenLaw law, Script smallest) {
        return "./mvnw test -Dtest=RandomSessionsTest -Dfaultline.seed="
                + seed
                + " breaks a law: "
                + law.getMessage()
                + "\nThe same law is broken by:\n"
                + smallest.curl();
    }

    private Script smallest(Views views, long seed, String law, Script found) {
        AtomicLong number = new AtomicLong();
        return new Shrinking(
                        script ->
                                law.equals(
                                        brokenBy(
                                                views,
                                                "small-" + seed + "-" + number.incrementAndGet(),
                                                script)),
                        PLAYS)
                .smallest(found);
    }

    /** The law that a session breaks, or null. */
    private @Nullable String brokenBy(Views views, String id, Script script) {
        Session session = new Session(client, views, id, script.spec());
        try {
            session.begin();
            script.steps().forEach(session::play);
            session.end();
            return null;
        } catch (BrokenLaw e) {
            return e.law();
        } finally {
            session.close();
        }
    }
}

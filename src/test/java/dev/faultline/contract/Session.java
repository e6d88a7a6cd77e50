package dev.faultline.contract;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A game of one seed in a world of its own. It is played again exactly, whoever plays beside it.
 */
final class Session {

    static final int STEPS = 500;

    private final int port;
    private final Contract contract;
    private final String adminKey;
    private final Tally tally;
    private final long seed;
    private int rounds;

    Session(int port, Contract contract, String adminKey, Tally tally, long seed) {
        this.port = port;
        this.contract = contract;
        this.adminKey = adminKey;
        this.tally = tally;
        this.seed = seed;
    }

    /** Plays it to its end. A breach of a law is shrunk before it is thrown. */
    void play() {
        SplittableRandom random = new SplittableRandom(seed);
        List<Step> played = new ArrayList<>();
        Broken broken = play(random, played);
        if (broken != null) {
            throw new AssertionError(
                    story(broken, new Shrunk(this, broken.law()).smallest(played)), broken);
        }
    }

    private @Nullable Broken play(SplittableRandom random, List<Step> played) {
        try (World world = world(tally)) {
            for (Step step : Setup.steps(world)) {
                played.add(step);
                world.play(played.size(), step);
            }
            Play play = new Play(random, world);
            for (int i = 0; i < STEPS; i++) {
                Step step = play.next();
                played.add(step);
                world.play(played.size(), step);
            }
            return null;
        } catch (Broken broken) {
            return broken;
        }
    }

    private World world(Tally counts) {
        String token = "w" + Long.toString(seed & Long.MAX_VALUE, 36);
        return new World(port, contract, adminKey, token, rounds++, counts);
    }

    boolean isValid(JsonNode schema, JsonNode value) {
        return contract.isValid(schema, value);
    }

    /** What a part of the steps was: null if no law was broken. */
    @Nullable Replayed replay(List<Shrunk.Numbered> part) {
        List<String> transcript = new ArrayList<>();
        try (World world = world(new Tally())) {
            try {
                for (Shrunk.Numbered each : part) {
                    world.play(each.number(), each.step());
                }
            } finally {
                transcript.addAll(world.transcript());
            }
            return null;
        } catch (Broken broken) {
            return new Replayed(broken, transcript);
        }
    }

    /** A law that was broken again, and what was sent until then. */
    record Replayed(Broken broken, List<String> transcript) {}

    private String story(Broken broken, @Nullable Replayed smallest) {
        if (smallest == null) {
            return "session "
                    + seed
                    + " broke a law, but not when it was played again: "
                    + broken.getMessage();
        }
        return "session "
                + seed
                + ": "
                + smallest.broken().getMessage()
                + "\nwith a key of its role in each variable, this shows it:\n"
                + smallest.transcript().stream().collect(Collectors.joining("\n"));
    }
}

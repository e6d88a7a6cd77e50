package dev.faultline.machine;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.DeltaDebugging;
import dev.faultline.testing.RecordJson;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A machine and a model that obey the same commands. A game that is lost is shrunk and written to a
 * file, which {@link RegressionsTest} plays again once it lies among the resources.
 */
record Game(Rules rules, MachineSpec spec, List<Command> commands) {

    private static final Path LOST = Path.of("target", "regressions");
    private static final JsonMapper MAPPER = new JsonMapper();

    /** How a game is lost: the kind of failure, and the check or method that raised it. */
    record Loss(String failure, String law) {

        static Loss of(Throwable failure) {
            String law =
                    Arrays.stream(failure.getStackTrace())
                            .filter(frame -> frame.getClassName().startsWith("dev.faultline"))
                            .findFirst()
                            .map(Loss::name)
                            .orElse("unknown");
            return new Loss(failure.getClass().getSimpleName(), law);
        }

        /** The class and the method, whether the method itself failed or a lambda in it. */
        private static String name(StackTraceElement frame) {
            String type = frame.getClassName().replaceAll(".*\\.", "");
            return type + "." + frame.getMethodName().replaceAll("lambda\\$(\\w+)\\$\\d+", "$1");
        }
    }

    /** One command at a time, or null where the player has none. */
    interface Player extends Supplier<@Nullable Command> {}

    /** Plays the commands that a player draws, and ends. A loss is shrunk, written and raised. */
    static void play(
            Rules rules, MachineSpec spec, int steps, BiFunction<Machine, Model, Player> players) {
        List<Command> commands = new ArrayList<>();
        try {
            Witness witness = new Witness(new Machine(spec, new StrictRoom()));
            Model model = rules.model(witness);
            Player player = players.apply(witness.machine(), model);
            for (int step = 0; step < steps; step++) {
                Command command = player.get();
                if (command != null) {
                    commands.add(command);
                    play(witness, model, command);
                }
            }
            model.end();
        } catch (RuntimeException | AssertionError e) {
            Game smallest = new Game(rules, spec, commands).smallest(Loss.of(e));
            System.out.printf(
                    "A game of %d commands is lost: %s. %d of them are in %s; to keep them as a"
                            + " test, move the file to src/test/resources/regressions.%n",
                    commands.size(), Loss.of(e), smallest.commands.size(), smallest.write(e));
            throw e;
        }
    }

    private static void play(Witness witness, Model model, Command command) {
        var judge = model.expect(command);
        judge.accept(witness.apply(command));
        model.check();
    }

    /** Plays the game again. */
    void play() {
        Witness witness = new Witness(new Machine(spec, new StrictRoom()));
        Model model = rules.model(witness);
        commands.forEach(command -> play(witness, model, command));
        model.end();
    }

    /** As few of the commands as lose the game in the same way. */
    Game smallest(Loss loss) {
        return new Game(
                rules,
                spec,
                DeltaDebugging.smallest(
                        commands, part -> loss.equals(new Game(rules, spec, part).loss())));
    }

    /** How this game is lost, or null. */
    @Nullable Loss loss() {
        try {
            play();
            return null;
        } catch (RuntimeException | AssertionError e) {
            return Loss.of(e);
        }
    }

    /** Writes the game below {@code target}, named for the law. */
    private Path write(Throwable failure) {
        String law = Loss.of(failure).law().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Path file = LOST.resolve(law + "-" + Integer.toHexString(spec.hashCode()) + ".json");
        try {
            Files.createDirectories(LOST);
            return Files.writeString(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The game as JSON, a command a line. */
    String text() {
        Stream<String> lines =
                commands.stream().map(each -> "    " + RecordJson.write(each, Command.class));
        return "{\n  \"rules\": \""
                + rules
                + "\",\n  \"spec\": "
                + RecordJson.write(spec, MachineSpec.class)
                + ",\n  \"commands\": [\n"
                + String.join(",\n", lines.toList())
                + "\n  ]\n}\n";
    }

    /** The game that a text holds. */
    static Game of(String text) {
        JsonNode tree = MAPPER.readTree(text);
        MachineSpec spec = RecordJson.read(tree.required("spec"), MachineSpec.class, null);
        List<Command> commands = new ArrayList<>();
        tree.required("commands")
                .forEach(each -> commands.add(RecordJson.read(each, Command.class, spec)));
        return new Game(Rules.valueOf(tree.required("rules").stringValue()), spec, commands);
    }
}

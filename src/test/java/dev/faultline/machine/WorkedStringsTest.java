package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * {@code docs/worked-strings.md} shows every policy at work on one string, step by step. What it
 * shows is what the machine does, and the pages that leave are those of {@link PolicyOracle}.
 */
class WorkedStringsTest {

    private static final Path PAGE = Path.of("docs/worked-strings.md");

    /** Belady's string with a write in it; a negative number is a write. */
    private static final int[] STRING = {1, 2, 3, 4, 1, -2, 5, 1, 2, 3, 4, 5};

    private static final int FRAMES = 3;
    private static final List<Integer> NUMBERS = List.of(2, 0, 1);

    /** Values that are too large by default to matter in so short a string. */
    private static final long SHORT = 4;

    static List<String> policies() {
        return Policies.names();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("policies")
    void isWhatTheMachineDoes(String policy) throws IOException {
        assertThat(Files.readString(PAGE)).contains(worked(policy));
    }

    @Test
    void everySectionIsOfAPolicy() throws IOException {
        assertThat(
                        Files.readAllLines(PAGE).stream()
                                .filter(line -> line.startsWith("## "))
                                .map(line -> line.substring(3)))
                .containsExactlyElementsOf(policies());
    }

    private static MachineSpec spec(String policy) {
        boolean window = List.of("working-set", "wsclock", "pff").contains(policy);
        SpecValues draft =
                SpecValues.of(Parameters.POLICY, policy)
                        .with(Parameters.TAU, window ? SHORT : null)
                        .with(Parameters.CLEAR_EVERY, policy.equals("nru") ? SHORT : null)
                        .with(Parameters.NUMBERS, NUMBERS);
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, FRAMES)
                        .with(MachineSpec.ADDRESS_BITS, 12)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .withNo(TlbSpec.SECTION)
                        .with(draft)
                        .with(SwapSpec.SLOTS, 64),
                Specs.BOUNDS);
    }

    private static String given(String policy) {
        return switch (policy) {
            case "working-set", "wsclock", "pff" -> ", \"tau\": " + SHORT;
            case "nru" -> ", \"clearEvery\": " + SHORT;
            case "random" -> "}, \"random\": {\"numbers\": " + NUMBERS;
            default -> "";
        };
    }

    /** The section of a policy. */
    private static String worked(String policy) {
        MachineSpec spec = spec(policy);
        Machine machine = Specs.withProcess(spec);
        AccessBlock block = new AccessBlock(spec, STRING.length);
        for (int each : STRING) {
            block.add(each < 0 ? Op.WRITE : Op.READ, (long) Math.abs(each) * spec.pageSize());
        }
        long event = machine.lastEvent();
        Outcome.Accessed outcome =
                (Outcome.Accessed) machine.apply(new Command.Access(1, block, true));

        String[] frames = new String[FRAMES];
        Arrays.fill(frames, ".");
        List<StringBuilder> rows = new ArrayList<>();
        rows.add(new StringBuilder("    page   "));
        for (int frame = 0; frame < FRAMES; frame++) {
            rows.add(new StringBuilder("    frame " + frame));
        }
        rows.add(new StringBuilder("    fault  "));
        List<String> steps = new ArrayList<>();
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < STRING.length; i++) {
            String page = Math.abs(STRING[i]) + (STRING[i] < 0 ? "w" : "");
            boolean fault = !outcome.results().get(i).faults().isEmpty();
            if (fault) {
                event = leave(machine, event, page, frames, steps, left);
                frames[outcome.results().get(i).frame()] = "" + Math.abs(STRING[i]);
            }
            rows.getFirst().append(String.format(" %2s", page));
            for (int frame = 0; frame < FRAMES; frame++) {
                rows.get(1 + frame).append(String.format(" %2s", frames[frame]));
            }
            rows.getLast().append(fault ? "  *" : "   ");
        }
        assertThat(left).isEqualTo(slow(spec));
        long faults = machine.counters().get(Counter.PAGE_FAULTS);
        return "## %s\n\n`\"replacement\": {\"policy\": \"%s\"%s}`: %d faults\n\n%s\n\n%s\n"
                .formatted(
                        policy,
                        policy,
                        given(policy),
                        faults,
                        rows.stream()
                                .map(row -> row.toString().stripTrailing())
                                .collect(Collectors.joining("\n")),
                        String.join("\n", steps));
    }

    /** Follows the events of one fault: which pages leave, and why. Answers its last event. */
    private static long leave(
            Machine machine,
            long after,
            String page,
            String[] frames,
            List<String> steps,
            List<Long> left) {
        long seq = after + 1;
        for (; machine.event(seq).kind() != Event.Kind.FAULT; seq++) {
            Event event = machine.event(seq);
            if (event.kind() == Event.Kind.UNMAP) {
                long gone = Objects.requireNonNull(event.address()) / machine.spec().pageSize();
                left.add(gone);
            } else if (event.kind() == Event.Kind.EVICTION) {
                int frame = Objects.requireNonNull(event.frame());
                steps.add(
                        "- %s takes frame %d from %s%s"
                                .formatted(page, frame, frames[frame], why(event.choice())));
                frames[frame] = ".";
            }
        }
        return seq;
    }

    private static String why(Fault.@Nullable Choice choice) {
        if (choice == null) {
            return ", which is given up";
        }
        String looked =
                choice.candidates().stream()
                        .map(WorkedStringsTest::candidate)
                        .collect(Collectors.joining(", "));
        String hand =
                choice.handAfter() == null
                        ? ""
                        : "; the hand goes from %d to %d"
                                .formatted(choice.handBefore(), choice.handAfter());
        return (looked.isEmpty() ? "" : ": ") + looked + hand;
    }

    private static String candidate(Fault.Candidate candidate) {
        return candidate.frame()
                + (Boolean.TRUE.equals(candidate.referenced()) ? " r" : "")
                + (Boolean.TRUE.equals(candidate.dirty()) ? " d" : "")
                + (candidate.cleared() ? " cleared" : "")
                + (candidate.remembered() == null ? "" : " (" + candidate.remembered() + ")");
    }

    private static List<Long> slow(MachineSpec spec) {
        long[] pages = new long[STRING.length];
        boolean[] writes = new boolean[STRING.length];
        for (int i = 0; i < STRING.length; i++) {
            pages[i] = Math.abs(STRING[i]);
            writes[i] = STRING[i] < 0;
        }
        return PolicyOracle.evictions(spec.replacement(), FRAMES, pages, writes);
    }

    /** Prints the page, for whoever has changed a policy. */
    public static void main(String[] arguments) {
        policies().forEach(policy -> System.out.println(worked(policy)));
    }
}

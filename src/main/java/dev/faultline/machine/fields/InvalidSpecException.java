package dev.faultline.machine.fields;

import java.util.List;
import java.util.stream.Collectors;

/** Raised for a spec that no machine can have; names each field by its JSON pointer. */
public final class InvalidSpecException extends IllegalArgumentException {

    /** What is wrong with one field. */
    public record Problem(String pointer, String detail) {}

    private final transient List<Problem> problems;

    /** Lists each problem in the message, in the given order. */
    public InvalidSpecException(List<Problem> problems) {
        super(
                problems.stream()
                        .map(problem -> problem.pointer() + ": " + problem.detail())
                        .collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong. */
    public List<Problem> problems() {
        return problems;
    }
}

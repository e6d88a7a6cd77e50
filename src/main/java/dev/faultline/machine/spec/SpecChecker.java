package dev.faultline.machine.spec;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a spec, field by field. */
final class SpecChecker {

    private final List<SpecDraft.InvalidSpecException.Problem> problems = new ArrayList<>();

    void fail(String pointer, String detail) {
        problems.add(new SpecDraft.InvalidSpecException.Problem(pointer, detail));
    }

    void range(String pointer, long value, long least, long most) {
        if (value < least || value > most) {
            fail(pointer, "must be from " + least + " to " + most + ", not " + value);
        }
    }

    /** Raises {@link SpecDraft.InvalidSpecException} if anything was wrong. */
    void done() {
        if (!problems.isEmpty()) {
            throw new SpecDraft.InvalidSpecException(problems);
        }
    }
}

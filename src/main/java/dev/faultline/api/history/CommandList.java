package dev.faultline.api.history;

import dev.faultline.history.Step;

import java.util.ArrayList;
import java.util.List;

/**
 * The commands of a record as they are shown: the first of them, because a trace may have millions.
 */
final class CommandList {

    /** The most commands of a record that are shown. */
    static final int MOST = 1000;

    private final List<CommandBody> shown = new ArrayList<>();
    private long more;

    /** Adds a step. Accesses of one process that follow each other are shown together. */
    void add(Step step) {
        if (more > 0) {
            more++;
            return;
        }
        CommandBody next = CommandBody.of(step);
        CommandBody last = shown.isEmpty() ? null : shown.getLast();
        if (last != null && last.isMoreOf(next)) {
            shown.set(shown.size() - 1, last.with(next));
        } else if (shown.size() < MOST) {
            shown.add(next);
        } else {
            more = 1;
        }
    }

    /** The commands that are shown. */
    List<CommandBody> shown() {
        return List.copyOf(shown);
    }

    /** How many there are beside them. */
    long more() {
        return more;
    }
}

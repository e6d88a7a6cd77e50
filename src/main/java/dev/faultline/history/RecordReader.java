package dev.faultline.history;

import dev.faultline.machine.state.StateReader;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/** Reads records one after the other: the steps of each, and then what else is kept of it. */
public final class RecordReader {

    private final Forms forms;
    private final StateReader in;
    private final long last;
    private long version;

    RecordReader(Forms forms, StateReader in, long after, long last) {
        this.forms = forms;
        this.in = in;
        version = after;
        this.last = last;
    }

    /** Whether there is another record. */
    public boolean hasNext() {
        return version < last;
    }

    /** The next record; its steps are passed on as they are read. */
    public HistoryRecord next(Consumer<Step> steps) {
        @Nullable Step step = Step.read(forms, in);
        while (step != null) {
            steps.accept(step);
            step = Step.read(forms, in);
        }
        version++;
        return HistoryRecord.read(in);
    }
}

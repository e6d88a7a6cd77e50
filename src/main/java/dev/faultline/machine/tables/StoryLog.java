package dev.faultline.machine.tables;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.KernelStep.Load;
import dev.faultline.machine.protocol.Step;
import dev.faultline.machine.protocol.TranslationStep;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one access, and the ticks of each. A tick is given to a step when it is spent: that
 * of a look-up, a walk or the byte to the step of that kind, and any other to the last step.
 */
final class StoryLog {

    /** A step, and what was spent on it so far. */
    private static final class Entry {
        final Step step;
        long times = 1;
        long ticks;

        Entry(Step step) {
            this.step = step;
        }
    }

    private boolean telling;
    private final List<Entry> steps = new ArrayList<>();

    /** The last step. */
    private Entry current = new Entry(new TranslationStep.Restart());

    /** The last look-ups, the references of the last walk, and the access to the byte. */
    private final List<Entry> lookUps = new ArrayList<>();

    private final List<Entry> walk = new ArrayList<>();
    private @Nullable Entry memory;

    /** Ticks that were spent on a choice whose outcome is not known yet. */
    private boolean choosing;

    private long spentOnChoice;

    /** From this step on, like ones are told together. */
    private int together = Story.MOST_STEPS;

    /** How many callers want no step to be told. */
    private int muted;

    /** Begins another story. */
    void begin() {
        telling = true;
        steps.clear();
        beginTry();
        memory = null;
        muted = 0;
        choosing = false;
        spentOnChoice = 0;
        tellTogether(false);
    }

    /** Whether a story is being told. */
    boolean isTold() {
        return telling;
    }

    /** Look-ups and walks from now on are those of another try. */
    void beginTry() {
        lookUps.clear();
        walk.clear();
    }

    /** Ends the story. Returns its steps. */
    List<Step.Told> take() {
        telling = false;
        return steps.stream()
                .map(each -> new Step.Told(each.step, each.times, each.ticks))
                .toList();
    }

    /** Adds a step, unless none is to be told. The end of the process is the last one. */
    void tell(Step step) {
        if (muted == 0) {
            current = entry(step);
            switch (step) {
                case TranslationStep.LookUp lookUp -> lookUps.add(current);
                case TranslationStep.Walk reference -> walk.add(current);
                case TranslationStep.Memory reached -> memory = current;
                case KernelStep.Sent sent when sent.then() == KernelStep.Then.END -> mute();
                default -> {}
            }
        }
        endChoice();
    }

    /** The entry of a step: a new one, or that of a like step that it is told together with. */
    private Entry entry(Step step) {
        for (int i = together; i < steps.size(); i++) {
            Entry each = steps.get(i);
            if (isLike(each.step, step)) {
                each.times++;
                return each;
            }
        }
        Entry made = new Entry(step);
        steps.add(made);
        return made;
    }

    private static boolean isLike(Step one, Step other) {
        return one.getClass() == other.getClass()
                && !(one instanceof Load load
                        && other instanceof Load next
                        && load.content() != next.content());
    }

    /** Gives ticks that were just spent to the step that they belong to. */
    void spent(Counter on, long ticks) {
        switch (on) {
            case TLB_TICKS -> share(lookUps, ticks);
            case WALK_TICKS -> share(walk, ticks);
            case DATA_TICKS -> (memory == null ? current : memory).ticks += ticks;
            default -> {
                if (choosing) {
                    spentOnChoice += ticks;
                } else {
                    current.ticks += ticks;
                }
            }
        }
    }

    /** Shares ticks evenly among steps. */
    private void share(List<Entry> among, long ticks) {
        long left = ticks;
        for (int i = 0; i < among.size(); i++) {
            long part = left / (among.size() - i);
            among.get(i).ticks += part;
            left -= part;
        }
        current.ticks += left;
    }

    /** Tells like steps together from the next one on, or each one by itself again. */
    void tellTogether(boolean value) {
        together = value ? Math.min(steps.size(), Story.MOST_STEPS) : Story.MOST_STEPS;
    }

    /** Keeps what is spent from now on for the next step, which is the outcome of a choice. */
    void beginChoice() {
        choosing = true;
    }

    /** Gives what was kept to the last step. */
    void endChoice() {
        current.ticks += spentOnChoice;
        choosing = false;
        spentOnChoice = 0;
    }

    /** Tells no steps until {@link #unmute}; what is spent belongs to the last one told. */
    void mute() {
        muted++;
    }

    /** Ends a {@link #mute}. */
    void unmute() {
        muted--;
    }
}

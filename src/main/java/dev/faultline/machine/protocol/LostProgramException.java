package dev.faultline.machine.protocol;

import java.util.Objects;

/**
 * The next accesses of a program cannot be had; the cause says why. The run that wanted them has
 * ended between two accesses, as if it had been cut there, and can go on once they can be had.
 */
public final class LostProgramException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private boolean changedState;

    public LostProgramException(RuntimeException cause) {
        super(cause);
    }

    /** The same of a run that had done something, or nothing. */
    public LostProgramException after(boolean changed) {
        changedState = changed;
        return this;
    }

    /** Whether the run changed the machine before. */
    public boolean changedState() {
        return changedState;
    }

    /** What the program raised. */
    @Override
    public synchronized RuntimeException getCause() {
        return (RuntimeException) Objects.requireNonNull(super.getCause());
    }
}

package dev.faultline.machine.protocol;

import java.util.Objects;

/**
 * The next accesses of a program cannot be read; the cause says why. The run stopped between two
 * accesses, as if cut there, and can continue once the program can be read again.
 */
public final class LostProgramException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private boolean changedState;

    /** Wraps what the program raised. */
    public LostProgramException(RuntimeException cause) {
        super(cause);
    }

    /** The same exception, recording whether the run had changed the machine before it stopped. */
    public LostProgramException after(boolean changed) {
        changedState = changed;
        return this;
    }

    /** Whether the run had changed the machine before it stopped. */
    public boolean changedState() {
        return changedState;
    }

    /** What the program raised. */
    @Override
    public synchronized RuntimeException getCause() {
        return (RuntimeException) Objects.requireNonNull(super.getCause());
    }
}

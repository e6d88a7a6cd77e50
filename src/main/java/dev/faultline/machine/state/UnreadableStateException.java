package dev.faultline.machine.state;

/** Raised for written bytes that mean nothing here; its message says what is unknown or amiss. */
public final class UnreadableStateException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Says what is unknown or amiss. */
    public UnreadableStateException(String message) {
        super(message);
    }

    /** Says what is amiss, because of something else that went wrong. */
    public UnreadableStateException(String message, Throwable cause) {
        super(message, cause);
    }
}

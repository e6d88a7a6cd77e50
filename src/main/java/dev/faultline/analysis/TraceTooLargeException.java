package dev.faultline.analysis;

/** Raised when an analysis finds on its way that the trace is larger than it can hold. */
public final class TraceTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * @param message the limit in words, for the client
     */
    public TraceTooLargeException(String message) {
        super(message);
    }
}

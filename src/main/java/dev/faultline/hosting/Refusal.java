package dev.faultline.hosting;

/**
 * Raised for a request that cannot be met, with a message for the client. Every other exception is
 * a mistake of the server's, whose message is for its log alone.
 */
public abstract class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    protected Refusal(String message) {
        super(message);
    }

    /** With what is behind it, for the log. */
    protected Refusal(String message, Throwable cause) {
        super(message, cause);
    }
}

package dev.faultline.trace;

import java.io.IOException;

/** Raised where the file of a stored trace does not give what was stored. */
public final class StoredTraceException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean damaged;

    private StoredTraceException(String message, boolean damaged) {
        super(message);
        this.damaged = damaged;
    }

    /** The file is not what it was: it was cut, changed or removed. */
    public static StoredTraceException damaged(String id) {
        return new StoredTraceException(
                "what is stored as trace '"
                        + id
                        + "' is not what it was: delete it, or store it again",
                true);
    }

    /** The file cannot be read now. */
    static StoredTraceException unreadable(String id, IOException cause) {
        StoredTraceException exception =
                new StoredTraceException(
                        "the server cannot read trace '" + id + "' from its disk", false);
        exception.initCause(cause);
        return exception;
    }

    /** Whether what was stored is lost; else it may be there the next time. */
    public boolean isDamaged() {
        return damaged;
    }
}

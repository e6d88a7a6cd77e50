package dev.faultline.machine;

/**
 * The host memory that a machine may use. A machine asks before it takes any, and reports what it
 * holds when a command is done.
 */
public interface Room {

    /** Unlimited room that is not counted. */
    Room UNBOUNDED =
            new Room() {
                @Override
                public long free() {
                    return Long.MAX_VALUE;
                }

                @Override
                public boolean hold(long bytes) {
                    return true;
                }

                @Override
                public void settle(long bytes) {}

                @Override
                public RuntimeException full() {
                    throw new IllegalStateException("Room: there is always room");
                }
            };

    /** Bytes left. */
    long free();

    /**
     * Holds {@code bytes} bytes in all for the machine. Returns false, without a change, if they
     * are not available.
     */
    boolean hold(long bytes);

    /** Records that the machine holds this many bytes in all, whether or not they were reserved. */
    void settle(long bytes);

    /** The exception to throw if a command cannot be carried out for lack of room. */
    RuntimeException full();
}

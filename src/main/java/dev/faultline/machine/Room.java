package dev.faultline.machine;

/**
 * The host's memory, as far as a machine may use it. A machine asks before it takes any, and says
 * what it has taken when a command is done.
 */
public interface Room {

    /** There is always room, and nobody counts. */
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

    /** Bytes that are left. */
    long free();

    /**
     * Holds so many bytes for the machine in all. Answers false, holding what it held before, if
     * they are not to be had.
     */
    boolean hold(long bytes);

    /** The machine has so many bytes in all, whether or not they were held for it. */
    void settle(long bytes);

    /** What is raised when a command cannot be carried out for want of room. */
    RuntimeException full();
}

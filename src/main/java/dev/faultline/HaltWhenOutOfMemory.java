package dev.faultline;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process when a thread has met an {@link OutOfMemoryError}: which other threads are gone
 * or hold broken state by then, nobody can know. {@code -XX:+ExitOnOutOfMemoryError} does the same
 * sooner; this is for a JVM that was started without it.
 */
final class HaltWhenOutOfMemory implements Thread.UncaughtExceptionHandler {

    /** The status that {@code -XX:+ExitOnOutOfMemoryError} ends with. */
    private static final int STATUS = 3;

    /** Made while there is memory. */
    private static final byte[] LAST_WORDS =
            "Out of memory: the process ends.\n".getBytes(StandardCharsets.US_ASCII);

    private static final FileOutputStream CONSOLE = new FileOutputStream(FileDescriptor.err);

    @Override
    public void uncaughtException(Thread thread, Throwable raised) {
        for (Throwable cause = raised; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                halt();
            }
        }
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        raised.printStackTrace();
    }

    private static void halt() {
        try {
            CONSOLE.write(LAST_WORDS);
        } catch (IOException e) {
            // there is nobody to tell
        } finally {
            Runtime.getRuntime().halt(STATUS);
        }
    }
}

package dev.faultline.testing;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real file system in memory, of a size that can be used up, and that can be made read-only.
 * Mounting one takes root; where that is not to be had, the test is skipped and says so.
 */
public final class SmallDisk implements AutoCloseable {

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts one of so many KiB over a new folder. */
    public static SmallDisk mount(Path folder, int kibibytes)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        if (!run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", "" + folder)) {
            String message = "no file system can be mounted here, which takes root";
            System.out.println("SKIPPED: " + message);
            Assumptions.abort(message);
        }
        return new SmallDisk(folder);
    }

    private static boolean run(String... words) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(words));
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    public Path folder() {
        return folder;
    }

    /** Lets nobody write, or lets all write again. */
    public void setReadOnly(boolean readOnly) throws IOException, InterruptedException {
        if (!run("mount", "-o", "remount," + (readOnly ? "ro" : "rw"), "" + folder)) {
            throw new IOException("not remounted: " + folder);
        }
    }

    @Override
    public void close() throws InterruptedException {
        run("umount", "-l", "" + folder);
    }
}

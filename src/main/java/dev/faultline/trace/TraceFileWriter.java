package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes the file of a {@link StoredTrace}, and another for the sizes beside it if there are any.
 * What it holds has one name, whatever format it came in.
 *
 * <p>The file is locked while this is open, and so is told from one whose writer was killed.
 */
public final class TraceFileWriter implements AutoCloseable {

    private static final String SIZES = ".sizes";

    private final Path path;
    private final FileChannel file;
    private final TraceSum sum = new TraceSum();
    private final ByteBuffer words = StoredTrace.buffer(Long.BYTES);
    private final ByteBuffer sizes = StoredTrace.buffer(Integer.BYTES);
    private @Nullable FileChannel sizesFile;

    /** Begins a file, which must not exist. */
    public TraceFileWriter(Path path) throws IOException {
        this.path = path;
        file = create(path);
        try {
            if (file.tryLock() == null) {
                throw new IOException(path + " is locked by another program");
            }
            file.position(TraceHeader.BYTES);
        } catch (IOException e) {
            file.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static Path sizesOf(Path path) {
        return path.resolveSibling(path.getFileName() + SIZES);
    }

    /**
     * Deletes what a writer that was killed has left of a file, the sizes beside it too. Answers
     * false, and does nothing, if its writer is still at work.
     */
    public static boolean deleteLeft(Path path) throws IOException {
        if (Files.exists(path)) {
            try (FileChannel left = FileChannel.open(path, StandardOpenOption.WRITE)) {
                if (left.tryLock() == null) {
                    return false;
                }
            } catch (OverlappingFileLockException e) {
                return false; // by a writer of this program
            }
            Files.deleteIfExists(path);
        }
        Files.deleteIfExists(sizesOf(path));
        return true;
    }

    private long count() {
        return sum.count() + words.position() / Long.BYTES;
    }

    /** Bytes that the files take with all that was written, about. */
    public long bytes() {
        long each = sizesFile == null ? Long.BYTES : Long.BYTES + Integer.BYTES;
        return TraceHeader.BYTES + count() * each;
    }

    /** Bytes that {@link #finish} needs beside them for a while, about. */
    public long bytesToFinish() {
        return sizesFile == null ? 0 : count() * Integer.BYTES;
    }

    /** Adds the accesses of a block that was read with {@link StoredTrace#readingSpec}. */
    public void write(AccessBlock block) throws IOException {
        for (int i = 0; i < block.count(); i++) {
            words.putLong(block.word(i));
            sizes.putInt(block.size(i));
            if (!words.hasRemaining()) {
                drain();
            }
        }
    }

    private void drain() throws IOException {
        long before = sum.count();
        sum.add(words.flip(), sizes.flip());
        writeAll(words, file);
        if (sum.isSized()) {
            FileChannel to = sizesFile;
            if (to == null) {
                to = create(sizesOf(path));
                sizesFile = to;
                writeOnes(before, to);
            }
            writeAll(sizes, to);
        }
        words.clear();
        sizes.clear();
    }

    /** The sizes before the first that is not 1. */
    private static void writeOnes(long count, FileChannel to) throws IOException {
        ByteBuffer ones = StoredTrace.ones();
        for (long left = count; left > 0; left -= StoredTrace.CHUNK) { // all are whole chunks
            writeAll(ones.rewind(), to);
        }
    }

    private static void writeAll(ByteBuffer bytes, FileChannel to) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** Completes the file. Answers the name of what it holds. */
    public String finish() throws IOException {
        if (words.position() > 0) {
            drain();
        }
        FileChannel from = sizesFile;
        if (from != null) {
            long done = 0;
            while (done < from.size()) {
                done += from.transferTo(done, from.size() - done, file);
            }
        }
        file.write(sum.header().bytes(), 0);
        file.force(true);
        return sum.id();
    }

    /** The trace that was finished, whose file is to be found at a path. */
    public StoredTrace trace(String id, Path at) {
        return sum.trace(id, at);
    }

    /** Closes the file, finished or not. */
    @Override
    public void close() throws IOException {
        try (FileChannel ours = file;
                FileChannel beside = sizesFile) {
            if (beside != null) {
                Files.deleteIfExists(sizesOf(path));
            }
        }
    }
}

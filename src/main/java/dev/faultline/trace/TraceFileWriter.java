package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Writes the file of a {@link StoredTrace}. What it holds has one name, whatever format it came in:
 * the SHA-256 of each access's word and size.
 */
public final class TraceFileWriter implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Path sizesPath;
    private final FileChannel file;
    private final FileChannel sizesFile;
    private final MessageDigest hash;
    private final ByteBuffer words = buffer();
    private final ByteBuffer sizes = buffer();
    private final ByteBuffer hashed = buffer();
    private final long[] ops = new long[3];
    private long lowest = Long.MAX_VALUE;
    private long highest;
    private boolean sized;

    /** Begins a file, which must not exist; another beside it is there while this is open. */
    public TraceFileWriter(Path path) throws IOException {
        sizesPath = path.resolveSibling(path.getFileName() + ".sizes");
        file = create(path);
        sizesFile = create(sizesPath);
        file.position(StoredTrace.HEADER);
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static FileChannel create(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The accesses written so far. */
    public long count() {
        return ops[0] + ops[1] + ops[2];
    }

    /** Adds the accesses of a block that was read with {@link StoredTrace#readingSpec}. */
    public void write(AccessBlock block) throws IOException {
        for (int i = 0; i < block.count(); i++) {
            write(block.word(i), block.op(i), block.address(i), block.size(i));
        }
    }

    private void write(long word, int op, long address, int size) throws IOException {
        if (words.remaining() < Long.BYTES) {
            drain(words, file);
        }
        words.putLong(word);
        if (sizes.remaining() < Integer.BYTES) {
            drain(sizes, sizesFile);
        }
        sizes.putInt(size);
        if (hashed.remaining() < Long.BYTES + Integer.BYTES) {
            hash();
        }
        hashed.putLong(word).putInt(size);
        ops[op]++;
        lowest = Math.min(lowest, address);
        highest = Math.max(highest, address);
        sized |= size != 1;
    }

    private void hash() {
        hashed.flip();
        hash.update(hashed);
        hashed.clear();
    }

    private static void drain(ByteBuffer buffer, FileChannel to) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
        buffer.clear();
    }

    /** Completes the file. Answers the name of what it holds. */
    public String finish() throws IOException {
        drain(words, file);
        drain(sizes, sizesFile);
        hash();
        if (sized) {
            try (FileChannel from = FileChannel.open(sizesPath, StandardOpenOption.READ)) {
                long done = 0;
                while (done < from.size()) {
                    done += from.transferTo(done, from.size() - done, file);
                }
            }
        }
        ByteBuffer header = ByteBuffer.allocate(StoredTrace.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, StoredTrace.MAGIC)
                .putLong(StoredTrace.COUNT_AT, count())
                .putLong(StoredTrace.SIZED_AT, sized ? 1 : 0)
                .putLong(StoredTrace.LOWEST_AT, count() == 0 ? 0 : lowest)
                .putLong(StoredTrace.HIGHEST_AT, highest);
        for (int op = 0; op < ops.length; op++) {
            header.putLong(StoredTrace.OPS_AT + 8 * op, ops[op]);
        }
        file.write(header, 0);
        file.force(true);
        return HexFormat.of().formatHex(hash.digest());
    }

    /** Closes the file, finished or not. */
    @Override
    public void close() throws IOException {
        file.close();
        sizesFile.close();
        Files.deleteIfExists(sizesPath);
    }
}

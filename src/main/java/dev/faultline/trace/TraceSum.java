package dev.faultline.trace;

import dev.faultline.machine.protocol.Op;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the accesses of a trace add up to: its name, which is the SHA-256 of each access's word and
 * size, the numbers of its header, and a checksum for each chunk.
 */
final class TraceSum {

    private static final int ACCESS = Long.BYTES + Integer.BYTES;

    private final MessageDigest hash;
    private final ByteBuffer hashed = StoredTrace.buffer(ACCESS);

    /** How many accesses have each value that the top 2 bits of a word can have. */
    private final long[] ops = new long[4];

    private int[] wordChecks = new int[16];
    private int[] sizeChecks = new int[16];
    private int chunks;
    private long lowest = Long.MAX_VALUE;
    private long highest;
    private boolean sized;

    TraceSum() {
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Adds the next chunk: its words and as many sizes. Both buffers stay as they are. */
    void add(ByteBuffer words, ByteBuffer sizes) {
        if (chunks == wordChecks.length) {
            wordChecks = Arrays.copyOf(wordChecks, 2 * chunks);
            sizeChecks = Arrays.copyOf(sizeChecks, 2 * chunks);
        }
        wordChecks[chunks] = StoredTrace.check(words);
        sizeChecks[chunks] = StoredTrace.check(sizes);
        chunks++;
        hashed.clear();
        int count = words.remaining() / Long.BYTES;
        for (int i = 0; i < count; i++) {
            long word = words.getLong(i * Long.BYTES);
            int size = sizes.getInt(i * Integer.BYTES);
            long address = StoredTrace.address(word);
            hashed.putLong(word).putInt(size);
            ops[StoredTrace.op(word)]++;
            if (StoredTrace.op(word) != Op.TICK) {
                lowest = Math.min(lowest, address);
                highest = Math.max(highest, address);
            }
            sized |= size != 1;
        }
        hash.update(hashed.flip());
    }

    /** The accesses and ticks so far. */
    long count() {
        return ops[0] + ops[1] + ops[2] + ops[3];
    }

    /** Whether any access so far has another size than 1. */
    boolean isSized() {
        return sized;
    }

    /** The header of the trace's file. */
    TraceHeader header() {
        long least = Math.min(lowest, highest); // without accesses, 0
        return new TraceHeader(count(), sized, ops[0], ops[1], ops[2], least, highest);
    }

    /** The name of the trace. Nothing is added after it, and it is asked for once. */
    String id() {
        return HexFormat.of().formatHex(hash.digest());
    }

    /** The trace, in its file. */
    StoredTrace trace(String id, Path path) {
        int[] sizesToo = sized ? Arrays.copyOf(sizeChecks, chunks) : new int[0];
        return new StoredTrace(id, path, header(), Arrays.copyOf(wordChecks, chunks), sizesToo);
    }
}

package dev.faultline.history;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;

import dev.faultline.machine.state.UnreadableStateException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * How what is kept is made small: by zstd, or not at all where its native code cannot be loaded.
 */
public final class Packing {

    private static final Logger LOG = LoggerFactory.getLogger(Packing.class);

    private static final int LEVEL = 1;

    private static final boolean AVAILABLE = load();

    /** By itself zstd would take 128 MiB outside of the heap, if the client wishes so. */
    private static final int WINDOW_LOG = 23;

    private Packing() {}

    /**
     * Loads the native code once, and early: it goes by a file in the system's temporary folder,
     * which may be full later.
     */
    private static boolean load() {
        try {
            Native.load();
            return true;
        } catch (LinkageError e) {
            LOG.warn("zstd cannot be used: bodies packed with it are refused", e);
            return false;
        }
    }

    /** Whether there is zstd. */
    public static boolean isAvailable() {
        return AVAILABLE;
    }

    /** The first {@code length} bytes, packed. */
    static byte[] pack(byte[] bytes, int length) {
        byte[] exact = Arrays.copyOf(bytes, length);
        return AVAILABLE ? Zstd.compress(exact, LEVEL) : exact;
    }

    /** The bytes that were packed. */
    static byte[] unpack(byte[] packed, int length) {
        if (!AVAILABLE) {
            return packed;
        }
        try {
            return Zstd.decompress(packed, length);
        } catch (ZstdException e) {
            throw new UnreadableStateException("packed bytes are damaged", e);
        }
    }

    /** Packs what is written. */
    public static OutputStream packing(OutputStream packed) throws IOException {
        return AVAILABLE ? new ZstdOutputStream(packed, LEVEL) : packed;
    }

    /** Unpacks what is read, if it needs a window of at most 8 MiB, as RFC 9659 has it. */
    public static InputStream unpacking(InputStream packed) throws IOException {
        return AVAILABLE ? new ZstdInputStream(packed).setLongMax(WINDOW_LOG) : packed;
    }
}

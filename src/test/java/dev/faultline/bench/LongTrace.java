package dev.faultline.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The benchmarks' trace: ten million references of a real program, made when first wanted. */
final class LongTrace {

    private static final Path FILE =
            Path.of(System.getProperty("faultline.trace", "target/long-trace.bin"));
    private static final String MAKER = "src/test/traces/make-long-trace.sh";

    private LongTrace() {}

    /** The references, packed as {@code AccessBlock} packs them. */
    static long[] load() throws IOException, InterruptedException {
        if (!Files.exists(FILE)) {
            Process maker = new ProcessBuilder("bash", MAKER, FILE.toString()).inheritIO().start();
            if (maker.waitFor() != 0) {
                throw new IOException(
                        MAKER + " failed; it needs valgrind, gcc, xz and awk (see above)");
            }
        }
        LongBuffer words =
                ByteBuffer.wrap(Files.readAllBytes(FILE))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asLongBuffer();
        long[] trace = new long[words.remaining()];
        words.get(trace);
        return trace;
    }
}

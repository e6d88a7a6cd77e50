package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Costs;
import dev.faultline.machine.Limits;
import dev.faultline.machine.MachineSpec;
import dev.faultline.machine.SpecDraft;
import dev.faultline.machine.SwapDraft;
import dev.faultline.machine.TlbDraft;
import dev.faultline.machine.Translation;
import dev.faultline.machine.TranslationDraft;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A trace in a file, apart from any machine: operations, addresses of up to 62 bits, and sizes,
 * with neither processes nor values. It is mapped, not read, so that any number of runs share it
 * and none of it is in the heap.
 *
 * <p>The file is a header of 64 bytes, then a little-endian word of 64 bits for each access as
 * {@code application/octet-stream} has it, then, if any access has another size than 1, four bytes
 * of size each.
 */
public final class StoredTrace {

    static final int HEADER = 64;
    static final long MAGIC = 0x3145434152544c46L; // "FLTRACE1"
    static final int COUNT_AT = 8;
    static final int SIZED_AT = 16;
    static final int OPS_AT = 24;
    static final int LOWEST_AT = 48;
    static final int HIGHEST_AT = 56;

    static final ValueLayout.OfLong WORD =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt SIZE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long ADDRESS = -1L >>> 2;
    private static final long LARGEST_PAGE = 1L << 30;

    private final String id;
    private final MemorySegment file;
    private final long count;
    private final boolean sized;

    private StoredTrace(String id, MemorySegment file) {
        this.id = id;
        this.file = file;
        count = file.get(WORD, COUNT_AT);
        sized = file.get(WORD, SIZED_AT) != 0;
    }

    /** Opens a file that {@link TraceFileWriter} has written; it is unmapped when nobody has it. */
    public static StoredTrace open(String id, Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            if (file.byteSize() < HEADER || file.get(WORD, 0) != MAGIC) {
                throw new IOException(path + " is not a stored trace");
            }
            return new StoredTrace(id, file);
        }
    }

    /**
     * The spec that a trace to be stored is read with: no address below 2^62 is beyond it, and an
     * access stays whole with its size, if pages are as large as can be. Only traces of page
     * numbers are read with another page size.
     */
    public static MachineSpec readingSpec(TraceFormat format, long pageSize) {
        return readingSpec(format.isOfPages() ? pageSize : LARGEST_PAGE);
    }

    /** The spec that accesses with addresses are stored with. */
    public static MachineSpec readingSpec() {
        return readingSpec(LARGEST_PAGE);
    }

    private static MachineSpec readingSpec(long pageSize) {
        return new SpecDraft(
                        1L,
                        pageSize,
                        1L,
                        (long) SpecDraft.MAX_ADDRESS_BITS,
                        TranslationDraft.of(Translation.Kind.RELOCATION),
                        TlbDraft.EMPTY,
                        null,
                        SwapDraft.of(0),
                        Costs.DEFAULT,
                        Limits.DEFAULT)
                .resolve(new SpecDraft.Bounds(1, 0, 1, Limits.DEFAULT));
    }

    /** The name by which it is known: a hash of what it holds. */
    public String id() {
        return id;
    }

    /** The accesses in it. */
    public long count() {
        return count;
    }

    /** Bytes of its file. */
    public long bytes() {
        return file.byteSize();
    }

    /** How many accesses have an operation of {@link dev.faultline.machine.Op}. */
    public long count(int op) {
        return file.get(WORD, OPS_AT + 8L * op);
    }

    /** The lowest address; 0 if there is none. */
    public long lowest() {
        return file.get(WORD, LOWEST_AT);
    }

    /** The highest address of an access's first byte; 0 if there is none. */
    public long highest() {
        return file.get(WORD, HIGHEST_AT);
    }

    /** The operation of an access. */
    public int op(long at) {
        return (int) (word(at) >>> 62);
    }

    /** The address of an access. */
    public long address(long at) {
        return word(at) & ADDRESS;
    }

    private long word(long at) {
        return file.get(WORD, HEADER + 8 * at);
    }

    /** Whether any access has another size than 1. */
    boolean isSized() {
        return sized;
    }

    /** The bytes of an access. */
    public int size(long at) {
        return sized ? file.get(SIZE, HEADER + 8 * count + 4 * at) : 1;
    }

    /** A reader of the trace for machines of a spec. */
    public TraceReader reader() {
        return new Reader();
    }

    private final class Reader extends BlockReader {

        private long next;

        @Override
        void fill(AccessBlock block, int target) throws IOException {
            while (block.count() < target && next < count) {
                long word = word(next);
                long address = word & ADDRESS;
                int size = size(next);
                if (!block.fits(address, size)) {
                    throw TraceException.atAccess(next, beyond(block, address, size));
                }
                if (size == 1) {
                    block.add((int) (word >>> 62), address);
                } else {
                    block.addSpan((int) (word >>> 62), address, size);
                }
                next++;
            }
        }
    }
}

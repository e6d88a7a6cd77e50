package dev.faultline.trace;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A trace in a file, apart from any machine: operations, ticks of the clock among them, addresses
 * of up to 62 bits, and sizes, with neither processes nor values. Any number of runs share it, and
 * all that the heap holds of it is a checksum for each chunk of accesses.
 *
 * <p>The file is a {@link TraceHeader}, then a little-endian word of 64 bits for each access as
 * {@code application/octet-stream} has it, then, if any access has another size than 1, four bytes
 * of size each.
 *
 * <p>Its name is the hash of what it holds. That is checked when the file is opened, and every
 * chunk against its checksum when it is read: what somebody, or the disk, has changed is noticed,
 * and {@link StoredTraceException} raised.
 */
public final class StoredTrace {

    /** Accesses that are read and checked together. */
    static final int CHUNK = 4096;

    private static final long ADDRESS = -1L >>> 2;
    private static final long LARGEST_PAGE = 1L << 30;

    private final String id;
    private final Path path;
    private final TraceHeader header;
    private final int[] wordChecks;
    private final int[] sizeChecks;

    /** The open file that all share, as long as one of them has it. */
    private boolean damaged;

    private WeakReference<FileChannel> shared = new WeakReference<>(null);

    /** The open file of a trace whose file is about to go. */
    private @Nullable FileChannel pinned;

    StoredTrace(String id, Path path, TraceHeader header, int[] wordChecks, int[] sizeChecks) {
        this.id = id;
        this.path = path;
        this.header = header;
        this.wordChecks = wordChecks;
        this.sizeChecks = sizeChecks;
    }

    /**
     * Opens a file that {@link TraceFileWriter} has written, and reads all of it once. Raises
     * {@link StoredTraceException} if it is not what the name says.
     */
    public static StoredTrace open(String id, Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer start = ByteBuffer.allocate(TraceHeader.BYTES);
            readFully(file, 0, start);
            TraceHeader header = TraceHeader.of(start);
            if (start.hasRemaining()
                    || header.count() < 0
                    || header.count() > file.size() / Long.BYTES
                    || header.fileBytes() != file.size()) {
                throw StoredTraceException.damaged(id);
            }
            TraceSum sum = sum(file, header);
            if (!sum.id().equals(id) || !sum.header().equals(header)) {
                throw StoredTraceException.damaged(id);
            }
            return sum.trace(id, path);
        } catch (NoSuchFileException e) {
            throw StoredTraceException.damaged(id);
        }
    }

    private static TraceSum sum(FileChannel file, TraceHeader header) throws IOException {
        TraceSum sum = new TraceSum();
        ByteBuffer words = buffer(Long.BYTES);
        ByteBuffer sizes = ones();
        long wordsAt = TraceHeader.BYTES;
        long sizesAt = TraceHeader.BYTES + header.count() * Long.BYTES;
        for (long done = 0; done < header.count(); done += CHUNK) {
            int length = (int) Math.min(CHUNK, header.count() - done);
            readFully(file, wordsAt + done * Long.BYTES, words.clear().limit(length * Long.BYTES));
            sizes.clear().limit(length * Integer.BYTES);
            if (header.sized()) {
                readFully(file, sizesAt + done * Integer.BYTES, sizes);
                sizes.rewind();
            }
            sum.add(words.rewind(), sizes);
        }
        return sum;
    }

    /** A buffer for a chunk of numbers of {@code bytesEach} bytes. */
    static ByteBuffer buffer(int bytesEach) {
        return ByteBuffer.allocate(CHUNK * bytesEach).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The sizes of a chunk in which all are 1. */
    static ByteBuffer ones() {
        ByteBuffer ones = buffer(Integer.BYTES);
        while (ones.hasRemaining()) {
            ones.putInt(1);
        }
        return ones.flip();
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
        return MachineSpec.of(
                SpecValues.of(MachineSpec.PAGE_SIZE, pageSize)
                        .with(MachineSpec.FRAMES, 1)
                        .with(MachineSpec.ADDRESS_BITS, MachineSpec.MAX_ADDRESS_BITS)
                        .with(Translation.KIND, Translation.Kind.RELOCATION)
                        .with(SwapSpec.SLOTS, 0),
                SpecValues.EMPTY);
    }

    /** The name by which it is known: a hash of what it holds. */
    public String id() {
        return id;
    }

    /** The accesses and ticks in it. */
    public long count() {
        return header.count();
    }

    /** The accesses in it. */
    public long accesses() {
        return count(Op.READ) + count(Op.WRITE) + count(Op.EXECUTE);
    }

    /** Bytes of its file. */
    public long bytes() {
        return header.fileBytes();
    }

    /** How many have an operation of {@link Op}; those that are no accesses are ticks. */
    public long count(int op) {
        return switch (op) {
            case Op.READ -> header.reads();
            case Op.WRITE -> header.writes();
            case Op.EXECUTE -> header.executes();
            default -> header.count() - accesses();
        };
    }

    /** The lowest address; 0 if there is none. */
    public long lowest() {
        return header.lowest();
    }

    /** The highest address of an access's first byte; 0 if there is none. */
    public long highest() {
        return header.highest();
    }

    boolean isSized() {
        return header.sized();
    }

    /** The operation of an access that is packed in a word. */
    static int op(long word) {
        return (int) (word >>> 62);
    }

    /** The address of an access that is packed in a word. */
    static long address(long word) {
        return word & ADDRESS;
    }

    /** Reads the accesses, for one thread. Raises {@link StoredTraceException} if it cannot. */
    public TraceCursor cursor() {
        return new TraceCursor(this, file());
    }

    /** A reader of the trace for machines of a spec. */
    public TraceReader reader() {
        return new Reader(cursor());
    }

    /** Holds the file open, so that whoever has this object can read it when the file is gone. */
    public synchronized void pin() {
        pinned = file();
    }

    /** Closed once nobody has it; a trace that nobody reads costs no open file. */
    private synchronized FileChannel file() {
        FileChannel file = pinned != null ? pinned : shared.get();
        if (file == null || !file.isOpen()) { // an interrupt closes it
            try {
                file = FileChannel.open(path, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                throw lost();
            } catch (IOException e) {
                throw StoredTraceException.unreadable(id, e);
            }
            shared = new WeakReference<>(file);
        }
        return file;
    }

    /** The file is not opened any longer: another may be in its place soon. */
    private synchronized StoredTraceException lost() {
        damaged = true;
        shared = new WeakReference<>(null);
        return StoredTraceException.damaged(id);
    }

    /** Whether a reader has found that the file is not what it was. */
    public synchronized boolean isDamaged() {
        return damaged;
    }

    /** Reads the words of a chunk into a buffer, which then holds them and nothing else. */
    void readWords(FileChannel file, int chunk, ByteBuffer to) {
        long at = TraceHeader.BYTES + (long) chunk * CHUNK * Long.BYTES;
        read(file, at, length(chunk) * Long.BYTES, wordChecks[chunk], to);
    }

    /** As {@link #readWords}, for the sizes, if there are any. */
    void readSizes(FileChannel file, int chunk, ByteBuffer to) {
        long begin = TraceHeader.BYTES + count() * Long.BYTES;
        long at = begin + (long) chunk * CHUNK * Integer.BYTES;
        read(file, at, length(chunk) * Integer.BYTES, sizeChecks[chunk], to);
    }

    private int length(int chunk) {
        return (int) Math.min(CHUNK, count() - (long) chunk * CHUNK);
    }

    private void read(FileChannel file, long at, int length, int check, ByteBuffer to) {
        to.clear().limit(length);
        try {
            readFully(file, at, to);
        } catch (IOException e) {
            throw StoredTraceException.unreadable(id, e);
        }
        if (to.hasRemaining() || check(to.flip()) != check) {
            throw lost();
        }
    }

    private static void readFully(FileChannel file, long at, ByteBuffer to) throws IOException {
        int read = 0;
        while (to.hasRemaining() && read >= 0) {
            read = file.read(to, at + to.position());
        }
    }

    /** The checksum of what remains in a buffer, which keeps it. */
    static int check(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes.duplicate());
        return (int) sum.getValue();
    }

    private static final class Reader extends BlockReader {

        private final TraceCursor cursor;
        private long next;

        Reader(TraceCursor cursor) {
            this.cursor = cursor;
        }

        @Override
        void fill(AccessBlock block, int target) throws IOException {
            while (block.count() < target && next < cursor.count()) {
                long word = cursor.word(next);
                long address = address(word);
                int size = cursor.size(next);
                if (!block.fits(address, size)) {
                    throw TraceException.atAccess(next, beyond(block, address, size));
                }
                if (size == 1) {
                    block.add(op(word), address);
                } else {
                    block.addSpan(op(word), address, size);
                }
                next++;
            }
        }
    }
}

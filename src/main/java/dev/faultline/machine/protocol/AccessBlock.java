package dev.faultline.machine.protocol;

import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * A block of memory accesses for a machine, each packed into one word: the address in the low 62
 * bits, the operation in the top 2.
 *
 * <p>Every packed access lies within one page. An access that crosses a page boundary is stored as
 * its pieces, lowest address first. A clock tick is stored among the accesses as operation {@link
 * Op#TICK} with address 0.
 *
 * <p>The arrays of sizes, values, pids and processors are allocated only when an access needs one,
 * so a plain trace takes 8 bytes an access. The owner of a block may clear it and fill it again.
 */
public final class AccessBlock {

    /** The position of the operation in a packed word. */
    public static final int OP_SHIFT = 62;

    /** Stands for the processor that the process runs on anyway. */
    public static final int HOME = -1;

    private static final long ADDRESS_MASK = (1L << OP_SHIFT) - 1;

    private final long pageSize;
    private final long lastAddress;
    private final int capacity;
    private final int machineCpus;

    /** Whether memory can end within a page, so that the length of an access matters. */
    private final boolean exact;

    private long[] words;
    private int @Nullable [] sizes;
    private long @Nullable [] values;
    private boolean @Nullable [] stores;
    private int @Nullable [] pids;
    private int @Nullable [] cpus;
    private int count;

    /**
     * A block for machines of this spec, with room for {@code capacity} accesses before it must
     * grow.
     */
    public AccessBlock(MachineSpec spec, int capacity) {
        this.capacity = capacity;
        pageSize = spec.pageSize();
        machineCpus = spec.cpus();
        exact = spec.translation().isContiguous();
        lastAddress = spec.lastAddress();
        words = new long[capacity];
    }

    /** The number of packed accesses in the block, ticks included. */
    public int count() {
        return count;
    }

    /**
     * The number of accesses that the block was made for. It does not change when the block grows:
     * a block that is repeatedly filled to its capacity should not grow each time.
     */
    public int capacity() {
        return capacity;
    }

    /** Bytes of host memory that the block's arrays take, unused room included. */
    public long hostBytes() {
        long each = Long.BYTES;
        each += sizes == null ? 0 : Integer.BYTES;
        each += values == null ? 0 : Long.BYTES;
        each += stores == null ? 0 : 1;
        each += pids == null ? 0 : Integer.BYTES;
        each += cpus == null ? 0 : Integer.BYTES;
        return each * words.length;
    }

    /** Removes all accesses, and all arrays of sizes, values, pids and processors. */
    public void clear() {
        count = 0;
        sizes = null;
        values = null;
        stores = null;
        pids = null;
        cpus = null;
    }

    /**
     * Whether every byte of an access lies in the address space. For relocation and segmentation
     * the whole 62-bit range fits, because an address beyond the limit is a fault of the simulated
     * computer.
     */
    public boolean fits(long address, long size) {
        return address >= 0 && address <= lastAddress && size - 1 <= lastAddress - address;
    }

    /** The highest address of the space. */
    public long lastAddress() {
        return lastAddress;
    }

    /**
     * Adds an access of one byte that {@link #fits}. If the access names its process, the address
     * may also lie beyond the space but below 2^62; the machine then raises a fault.
     *
     * @param op one of {@link Op}
     */
    public void add(int op, long address) {
        if (count == words.length) {
            grow();
        }
        words[count] = (long) op << OP_SHIFT | address;
        if (sizes != null) {
            sizes[count] = 1;
        }
        count++;
    }

    /**
     * Adds an access as another block of the same spec holds it, beside its process and its
     * processor.
     *
     * @param word as {@link #word} gives it
     * @param described whether the block keeps sizes and values
     */
    public void addAgain(long word, boolean described, int size, boolean store, long value) {
        add(op(word), address(word));
        if (described) {
            describe(count - 1, size, store, value);
        }
    }

    /** Adds a clock tick. It belongs to no process: its pid is 0 in a block with pids. */
    public void addTick() {
        add(Op.TICK, 0);
    }

    /**
     * Adds an access of any size that {@link #fits}, as one piece per page, and returns the number
     * of pieces. The bytes read or written are not kept.
     */
    public int addSpan(int op, long address, long size) {
        long first = address;
        long last = address + size - 1;
        int pieces = 0;
        while (true) {
            add(op, first);
            pieces++;
            long next = (first & -pageSize) + pageSize;
            if (exact && (next <= first || next > first + 1)) {
                long end = next <= first ? last + 1 : Math.min(next, last + 1);
                describe(count - 1, (int) (end - first), false, 0);
            }
            if (next > last || next <= first) {
                return pieces;
            }
            first = next;
        }
    }

    /**
     * Adds an access of 1 to 8 bytes whose value matters, and returns the number of pieces.
     *
     * @param store whether {@code value} is to be stored, as a little-endian number
     */
    public int addSized(int op, long address, int size, boolean store, long value) {
        int pieces = 0;
        int done = 0;
        while (done < size) {
            long at = address + done;
            int part = (int) Math.min(size - done, (at & -pageSize) + pageSize - at);
            add(op, at);
            describe(count - 1, part, store, done == 0 ? value : value >>> 8 * done);
            done += part;
            pieces++;
        }
        return pieces;
    }

    /** Assigns the accesses from index {@code from} to the end of the block to a process. */
    public void setPid(int from, int pid) {
        if (pids == null) {
            pids = new int[words.length];
        }
        Arrays.fill(pids, from, count, pid);
    }

    /** Assigns the accesses from index {@code from} to the end of the block to a processor. */
    public void setCpu(int from, int cpu) {
        if (cpus == null) {
            cpus = new int[words.length];
            Arrays.fill(cpus, HOME);
        }
        Arrays.fill(cpus, from, count, cpu);
    }

    /** The number of processors of the machine that the block is for. */
    public int machineCpus() {
        return machineCpus;
    }

    /**
     * Adds words that are packed already, stopping before the first one that does not {@link #fits}
     * or is a tick with an address. Returns the number of words added. The words are checked
     * together; they are checked one by one only if some are ticks or bad.
     */
    public int addPacked(LongBuffer packed, int length) {
        while (count + length > words.length) {
            grow();
        }
        packed.get(packed.position(), words, count, length);
        int good = length;
        if (!areGoodAccesses(words, count, count + length, lastAddress)) {
            good = 0;
            while (good < length && isGood(words[count + good])) {
                good++;
            }
        }
        if (sizes != null) {
            Arrays.fill(sizes, count, count + good, 1);
        }
        count += good;
        return good;
    }

    /** Adds all accesses of another block made for the same spec. */
    public void append(AccessBlock other) {
        while (count + other.count > words.length) {
            grow();
        }
        System.arraycopy(other.words, 0, words, count, other.count);
        for (int at = 0; at < other.count; at++) {
            if (sizes != null || other.sizes != null) {
                describe(count, other.size(at), other.stores(at), other.value(at));
            }
            count++;
            if (other.pids != null) {
                setPid(count - 1, other.pid(at));
            }
            if (other.cpus != null) {
                setCpu(count - 1, other.cpu(at));
            }
        }
    }

    /** Whether no word is a tick or has a bit set that is clear in the last address. */
    private static boolean areGoodAccesses(long[] words, int from, int to, long lastAddress) {
        long any = 0;
        long bothTopBits = 0;
        for (int i = from; i < to; i++) {
            any |= words[i];
            bothTopBits |= words[i] & words[i] << 1;
        }
        return bothTopBits >= 0 && (any & ADDRESS_MASK & ~lastAddress) == 0;
    }

    private boolean isGood(long word) {
        long most = op(word) == Op.TICK ? 0 : lastAddress;
        return (address(word) & ~most) == 0;
    }

    private void describe(int at, int size, boolean store, long value) {
        if (sizes == null) {
            sizes = new int[words.length];
            Arrays.fill(sizes, 0, count, 1);
        }
        sizes[at] = size;
        if (store && stores == null) {
            stores = new boolean[words.length];
        }
        if (store && values == null) {
            values = new long[words.length];
        }
        if (stores != null && values != null) {
            stores[at] = store;
            values[at] = value;
        }
    }

    private void grow() {
        int size = words.length + Math.max(16, words.length / 2);
        words = Arrays.copyOf(words, size);
        sizes = sizes == null ? null : Arrays.copyOf(sizes, size);
        values = values == null ? null : Arrays.copyOf(values, size);
        stores = stores == null ? null : Arrays.copyOf(stores, size);
        pids = pids == null ? null : Arrays.copyOf(pids, size);
        if (cpus != null) {
            int old = cpus.length;
            cpus = Arrays.copyOf(cpus, size);
            Arrays.fill(cpus, old, size, HOME);
        }
    }

    /** The packed accesses, the array itself; only the first {@link #count()} words are in use. */
    public long[] words() {
        return words;
    }

    /** The address of a packed access. */
    public static long address(long word) {
        return word & ADDRESS_MASK;
    }

    /** The sizes of the accesses in bytes, or null if every access is of one byte. */
    public int @Nullable [] sizes() {
        return sizes;
    }

    /** The operation of a packed access, one of {@link Op}. */
    public static int op(long word) {
        return (int) (word >>> OP_SHIFT);
    }

    /** Whether the accesses name their processes. */
    public boolean hasPids() {
        return pids != null;
    }

    /** Whether some accesses name a processor. */
    public boolean hasCpus() {
        return cpus != null;
    }

    /** The processor that access {@code at} names, or {@link #HOME} if it names none. */
    public int cpu(int at) {
        return cpus == null || at >= count ? HOME : cpus[at];
    }

    /** The process that access {@code at} names, or 0 if the block has no pids. */
    public int pid(int at) {
        return pids == null ? 0 : pids[at];
    }

    /** Whether some accesses carry a value to store. */
    public boolean hasStores() {
        return stores != null;
    }

    /** Whether access {@code at} carries a value to store. */
    public boolean stores(int at) {
        return stores != null && stores[at];
    }

    /**
     * The size of access {@code at} in bytes. A span keeps its size only for relocation and
     * segmentation, where memory can end within a page; otherwise it is 1.
     */
    public int size(int at) {
        return sizes == null ? 1 : sizes[at];
    }

    /** The operation of access {@code at}, one of {@link Op}. */
    public int op(int at) {
        return op(words[at]);
    }

    /** The address of access {@code at}. */
    public long address(int at) {
        return address(words[at]);
    }

    /**
     * Access {@code at} as it is packed: the address in the low 62 bits, the operation in the top
     * 2.
     */
    public long word(int at) {
        return words[at];
    }

    /** The value that access {@code at} stores, or 0 if it stores none. */
    public long value(int at) {
        return values == null ? 0 : values[at];
    }
}

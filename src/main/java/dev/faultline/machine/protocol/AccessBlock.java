package dev.faultline.machine.protocol;

import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * A block of accesses on their way into a machine, packed one a word: the address in the low 62
 * bits, the operation in the top 2. Each lies within one page: an access that crosses a boundary is
 * added as its pieces, in the order of addresses. A tick of the clock stands among them as the
 * operation {@link Op#TICK} without an address.
 *
 * <p>Sizes, values and pids are kept only once one is given that is not the default, so that a
 * plain trace costs 8 bytes an access.
 */
public final class AccessBlock {

    public static final int OP_SHIFT = 62;

    /** No processor is named: it is the process's own. */
    static final int HOME = -1;

    private static final long ADDRESS_MASK = (1L << OP_SHIFT) - 1;

    private final long pageSize;
    private final long lastAddress;
    private final int capacity;
    private final int machineCpus;

    /** Whether memory ends within pages, so that the length of an access matters. */
    private final boolean exact;

    private long[] words;
    private int @Nullable [] sizes;
    private long @Nullable [] values;
    private boolean @Nullable [] stores;
    private int @Nullable [] pids;
    private int @Nullable [] cpus;
    private int count;

    /** A block for machines of this spec, with room for so many accesses before it must grow. */
    public AccessBlock(MachineSpec spec, int capacity) {
        this.capacity = capacity;
        pageSize = spec.pageSize();
        machineCpus = spec.cpus();
        exact = spec.translation().isContiguous();
        lastAddress = spec.lastAddress();
        words = new long[capacity];
    }

    /** Accesses in the block, pieces counted one by one, and ticks. */
    public int count() {
        return count;
    }

    /**
     * Accesses that the block was made for. It stays the same when the block grows, so that one
     * filled to its capacity again and again does not grow again and again.
     */
    public int capacity() {
        return capacity;
    }

    /** Bytes of the host's memory that the accesses take for which there is room. */
    public long hostBytes() {
        long each = Long.BYTES;
        each += sizes == null ? 0 : Integer.BYTES;
        each += values == null ? 0 : Long.BYTES;
        each += stores == null ? 0 : 1;
        each += pids == null ? 0 : Integer.BYTES;
        each += cpus == null ? 0 : Integer.BYTES;
        return each * words.length;
    }

    /** Forgets all accesses, and that any had a size, a value or a process of its own. */
    public void clear() {
        count = 0;
        sizes = null;
        values = null;
        stores = null;
        pids = null;
        cpus = null;
    }

    /**
     * Whether all bytes of an access lie in the address space. Where processes or segments have
     * limits of their own that is all 62 bits: an address beyond is a fault of the simulated
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
     * Adds an access of one byte that {@link #fits}. One that names its process may be beyond the
     * space, below 2^62: it is a fault of the simulated computer then.
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

    /** Adds a tick of the clock, which is of no process, and of pid 0 where others name theirs. */
    public void addTick() {
        add(Op.TICK, 0);
    }

    /**
     * Adds an access of any size that {@link #fits}, as one piece a page. Answers the number of
     * pieces. What is read or stored is not asked for.
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

    /** Adds an access of 1 to 8 bytes whose bytes matter. Answers the number of pieces. */
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

    /** Says which process the accesses from a place in the block on belong to. */
    public void setPid(int from, int pid) {
        if (pids == null) {
            pids = new int[words.length];
        }
        Arrays.fill(pids, from, count, pid);
    }

    /** Says which processor runs the accesses from a place in the block on. */
    public void setCpu(int from, int cpu) {
        if (cpus == null) {
            cpus = new int[words.length];
            Arrays.fill(cpus, HOME);
        }
        Arrays.fill(cpus, from, count, cpu);
    }

    /** Processors of the machine that the block is for. */
    public int machineCpus() {
        return machineCpus;
    }

    /**
     * Adds words that are packed already, up to the first that does not {@link #fits} or is a tick
     * with an address. Answers how many were added. Many are checked at once; only if one is a tick
     * or bad are they looked at one by one.
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

    /** Adds all accesses of another block for machines of the same spec. */
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

    /** Whether no word is a tick or has an address bit above the last address's. */
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

    public long[] words() {
        return words;
    }

    /** The address of a packed access. */
    public static long address(long word) {
        return word & ADDRESS_MASK;
    }

    /** The sizes of the accesses, or null if each is of one byte. */
    public int @Nullable [] sizes() {
        return sizes;
    }

    /** The operation of a packed access, one of {@link Op}. */
    public static int op(long word) {
        return (int) (word >>> OP_SHIFT);
    }

    public boolean hasPids() {
        return pids != null;
    }

    public boolean hasCpus() {
        return cpus != null;
    }

    /** The processor that an access names, or {@link #HOME} for its process's own. */
    public int cpu(int at) {
        return cpus == null || at >= count ? HOME : cpus[at];
    }

    public int pid(int at) {
        return pids == null ? 0 : pids[at];
    }

    /** Whether some accesses carry bytes to store. */
    public boolean hasStores() {
        return stores != null;
    }

    public boolean stores(int at) {
        return stores != null && stores[at];
    }

    /**
     * The bytes of an access, where they are kept: of a span only where processes or segments have
     * limits of their own, else 1.
     */
    public int size(int at) {
        return sizes == null ? 1 : sizes[at];
    }

    /** The operation of an access, one of {@link Op}. */
    public int op(int at) {
        return op(words[at]);
    }

    /** The address of an access. */
    public long address(int at) {
        return address(words[at]);
    }

    /** An access packed in a word: the address in the low 62 bits, the operation in the top 2. */
    public long word(int at) {
        return words[at];
    }

    public long value(int at) {
        return values == null ? 0 : values[at];
    }
}

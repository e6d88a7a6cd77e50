package dev.faultline.history;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The written form of a block of accesses: how many there are, what is written of each, and one
 * column after the other. Addresses are written as the distance from the last one of the same
 * operation, which is short: instructions follow each other, and data lie near each other.
 */
final class PackedAccesses {

    private static final int DESCRIBED = 1;
    private static final int STORED = 2;
    private static final int WITH_PIDS = 4;
    private static final int WITH_CPUS = 8;
    private static final int ALL = DESCRIBED | STORED | WITH_PIDS | WITH_CPUS;

    /** The most bytes of an access: two bits of operation and 64 of distance. */
    private static final int MOST_BYTES = 10;

    /** The most accesses of a block that is read. */
    static final int MOST = 1 << 24;

    /** Bytes of memory of an access in a block that grows. */
    private static final long BLOCK_BYTES = 3 * Long.BYTES;

    /** Bytes of memory that a column takes for it beside: as it is read, and in the block. */
    private static final long COLUMN_BYTES = 4 * Long.BYTES;

    /** Accesses that are packed before they are passed on. */
    private static final int BATCH = 1024;

    /** Bits of the distance in an access's first byte, beside its operation. */
    private static final int FIRST_BITS = 5;

    private PackedAccesses() {}

    /** Writes a block. */
    static void write(AccessBlock block, StateWriter out) {
        int count = block.count();
        int flags =
                (block.sizes() == null ? 0 : DESCRIBED)
                        | (block.hasStores() ? STORED : 0)
                        | (block.hasPids() ? WITH_PIDS : 0)
                        | (block.hasCpus() ? WITH_CPUS : 0);
        out.writeNumber(count);
        out.writeNumber(flags);
        writeWords(block.words(), count, out);
        for (int at = 0; at < count && (flags & DESCRIBED) != 0; at++) {
            out.writeNumber(block.size(at));
        }
        for (int at = 0; at < count && (flags & STORED) != 0; at++) {
            out.writeBoolean(block.stores(at));
            if (block.stores(at)) {
                out.writeLong(block.value(at));
            }
        }
        for (int at = 0; at < count && (flags & WITH_PIDS) != 0; at++) {
            out.writeNumber(block.pid(at));
        }
        for (int at = 0; at < count && (flags & WITH_CPUS) != 0; at++) {
            out.writeNumber(block.cpu(at));
        }
    }

    /** Writes accesses as {@link AccessBlock#words} packs them. */
    static void writeWords(long[] words, int count, StateWriter out) {
        byte[] packed = new byte[MOST_BYTES * Math.min(count, BATCH)];
        long[] last = new long[Op.TICK + 1];
        int length = 0;
        for (int at = 0; at < count; at++) {
            long word = words[at];
            int op = AccessBlock.op(word);
            long address = AccessBlock.address(word);
            long distance = address - last[op];
            last[op] = address;
            long left = distance << 1 ^ distance >> 63;
            int first = op | (int) (left & (1 << FIRST_BITS) - 1) << 2;
            left >>>= FIRST_BITS;
            packed[length++] = (byte) (left == 0 ? first : first | 0x80);
            while (left != 0) {
                packed[length++] = (byte) (left > 0x7F ? left | 0x80 : left);
                left >>>= 7;
            }
            if (length > packed.length - MOST_BYTES) {
                out.write(packed, length);
                length = 0;
            }
        }
        out.write(packed, length);
    }

    /** Reads a block for machines of a spec. Raises {@link UnreadableStateException}. */
    static AccessBlock read(MachineSpec spec, StateReader in, LongConsumer memory) {
        int count = number(in, 0, MOST);
        int flags = number(in, 0, ALL);
        AccessBlock block = new AccessBlock(spec, Math.min(count, BATCH));
        boolean described = (flags & DESCRIBED) != 0;
        boolean stored = (flags & STORED) != 0;
        long[] words = readWords(count, in, memory);
        memory.accept(count * (BLOCK_BYTES + COLUMN_BYTES * Integer.bitCount(flags)));
        int[] sizes = numbers(described, words.length, 1, Integer.MAX_VALUE, in);
        boolean[] stores = new boolean[stored ? count : 0];
        long[] values = new long[stored ? count : 0];
        for (int at = 0; at < stores.length; at++) {
            stores[at] = in.readBoolean();
            values[at] = stores[at] ? in.readLong() : 0;
        }
        int[] pids = numbers((flags & WITH_PIDS) != 0, count, 0, Integer.MAX_VALUE, in);
        int[] cpus =
                numbers(
                        (flags & WITH_CPUS) != 0,
                        count,
                        AccessBlock.HOME,
                        block.machineCpus() - 1,
                        in);
        for (int at = 0; at < count; at++) {
            boolean store = stored && stores[at];
            block.addAgain(
                    words[at], described, described ? sizes[at] : 1, store, store ? values[at] : 0);
            if (pids.length > 0) {
                block.setPid(at, pids[at]);
            }
            if (cpus.length > 0) {
                block.setCpu(at, cpus[at]);
            }
        }
        return block;
    }

    /** Reads accesses as {@link AccessBlock#words} packs them. */
    static long[] readWords(int count, StateReader in, LongConsumer memory) {
        long[] words = new long[Math.min(count, BATCH)];
        long[] last = new long[Op.TICK + 1];
        for (int at = 0; at < count; at++) {
            if (at == words.length) {
                int size = (int) Math.min(2L * at, count);
                memory.accept((long) Long.BYTES * size);
                words = Arrays.copyOf(words, size);
            }
            words[at] = readWord(last, in);
        }
        return words;
    }

    private static long readWord(long[] last, StateReader in) {
        int first = in.readByte();
        int op = first & 3;
        long left = (long) first >>> 2 & (1L << FIRST_BITS) - 1;
        int shift = FIRST_BITS;
        for (int next = first; (next & 0x80) != 0; shift += 7) {
            next = in.readByte();
            if (shift >= Long.SIZE) {
                throw new UnreadableStateException("an access has a distance beyond 64 bits");
            }
            left |= (next & 0x7FL) << shift;
        }
        long address = last[op] + (left >>> 1 ^ -(left & 1));
        last[op] = address;
        boolean outside = address < 0 || address >>> AccessBlock.OP_SHIFT != 0;
        if (outside || op == Op.TICK && address != 0) {
            throw new UnreadableStateException("an access has no address: " + address);
        }
        return (long) op << AccessBlock.OP_SHIFT | address;
    }

    private static int[] numbers(boolean present, int count, int least, int most, StateReader in) {
        int[] numbers = new int[present ? count : 0];
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] = number(in, least, most);
        }
        return numbers;
    }

    /** The next number, which has to lie between two others. */
    static int number(StateReader in, int least, int most) {
        long value = in.readNumber();
        if (value < least || value > most) {
            throw new UnreadableStateException(
                    "a number from " + least + " to " + most + " is " + value);
        }
        return (int) value;
    }
}

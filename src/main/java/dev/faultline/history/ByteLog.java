package dev.faultline.history;

import dev.faultline.machine.state.StateWriter;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes written one after the other. Full blocks are packed; the oldest can be dropped, and the
 * newest taken back. Places are counted from the first byte ever written. The owner makes sure that
 * one thread at a time calls its methods; what {@link #from} gives may be read by any.
 */
final class ByteLog implements StateWriter.Sink {

    private static final int BLOCK = 1 << 18;
    private static final int SMALLEST = 1 << 8;

    /** Host bytes of a block beside its contents. */
    private static final int OVERHEAD = 64;

    private record Block(long from, int length, byte[] packed) {

        long end() {
            return from + length;
        }
    }

    private final List<Block> blocks = new ArrayList<>();
    private byte[] open = new byte[SMALLEST];
    private long openFrom;
    private int filled;
    private long packedBytes;

    /** The place after the last byte. */
    long end() {
        return openFrom + filled;
    }

    /** Bytes of host memory. */
    long hostBytes() {
        return packedBytes + (long) OVERHEAD * blocks.size() + open.length;
    }

    @Override
    public void accept(byte[] bytes, int length) {
        for (int at = 0; at < length; ) {
            if (filled == BLOCK) {
                seal();
            }
            int part = Math.min(length - at, BLOCK - filled);
            makeRoom(filled + part);
            System.arraycopy(bytes, at, open, filled, part);
            filled += part;
            at += part;
        }
    }

    private void makeRoom(int size) {
        if (size > open.length) {
            open = Arrays.copyOf(open, Math.clamp(2L * size, SMALLEST, BLOCK));
        }
    }

    private void seal() {
        Block block = new Block(openFrom, filled, Packing.pack(open, filled));
        blocks.add(block);
        packedBytes += block.packed.length;
        openFrom += filled;
        filled = 0;
    }

    /** Takes back what was written from a place on, as far as it is not dropped already. */
    void truncate(long place) {
        while (place < openFrom && !blocks.isEmpty()) {
            Block block = blocks.removeLast();
            packedBytes -= block.packed.length;
            open = Packing.unpack(block.packed, block.length);
            openFrom = block.from;
        }
        filled = (int) Math.max(0, place - openFrom);
    }

    /** Drops whole blocks that nobody reads any more: what is before a place. */
    void dropBefore(long place) {
        int gone = 0;
        while (gone < blocks.size() && blocks.get(gone).end() <= place) {
            packedBytes -= blocks.get(gone).packed.length;
            gone++;
        }
        blocks.subList(0, gone).clear();
        if (place == end()) {
            openFrom = place;
            filled = 0;
            open = new byte[SMALLEST];
        }
    }

    /** What there is now from a place on; what is written later does not show. */
    InputStream from(long place) {
        List<Block> rest = new ArrayList<>();
        for (Block block : blocks) {
            if (block.end() > place) {
                rest.add(block);
            }
        }
        int skipped = (int) Math.max(0, place - openFrom);
        return new Reading(rest, Arrays.copyOfRange(open, skipped, filled), place);
    }

    /** Reads the blocks of a moment, and then what was not packed at that moment. */
    private static final class Reading extends InputStream {

        private final List<Block> rest;
        private final byte[] tail;
        private long place;
        private byte[] current = new byte[0];
        private int at;
        private int next;

        Reading(List<Block> rest, byte[] tail, long place) {
            this.rest = rest;
            this.tail = tail;
            this.place = place;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            while (at == current.length) {
                if (!advance()) {
                    return -1;
                }
            }
            int part = Math.min(length, current.length - at);
            System.arraycopy(current, at, into, from, part);
            at += part;
            place += part;
            return part;
        }

        private boolean advance() {
            if (next > rest.size()) {
                return false;
            }
            at = 0;
            if (next == rest.size()) {
                current = tail;
            } else {
                Block block = rest.get(next);
                current = Packing.unpack(block.packed, block.length);
                at = (int) (place - block.from);
            }
            next++;
            return true;
        }
    }
}

package dev.faultline.history;

import dev.faultline.machine.Machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The events that checkpoints need, each once, in packed chunks of rows. */
final class KeptEvents {

    private static final long OVERHEAD = 64;
    private static final int ROW_BYTES = Long.BYTES * Machine.EVENT_ROW;

    private record Chunk(long first, long last, byte[] packed) {

        long[] rows() {
            int length = Math.toIntExact(last - first + 1) * ROW_BYTES;
            ByteBuffer bytes =
                    ByteBuffer.wrap(Packing.unpack(packed, length)).order(ByteOrder.LITTLE_ENDIAN);
            long[] rows = new long[length / Long.BYTES];
            bytes.asLongBuffer().get(rows);
            return rows;
        }
    }

    private final List<Chunk> chunks = new ArrayList<>();
    private long hostBytes;

    KeptEvents() {}

    private KeptEvents(List<Chunk> chunks) {
        this.chunks.addAll(chunks);
    }

    /** The same events, whatever becomes of these. */
    KeptEvents copy() {
        return new KeptEvents(chunks);
    }

    /** Keeps the events that a machine has and that are not kept yet. */
    void keep(Machine machine) {
        long known = chunks.isEmpty() ? 0 : chunks.getLast().last;
        long[] rows = machine.eventRows(known);
        int count = rows.length / Machine.EVENT_ROW;
        if (count == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(count * ROW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(rows);
        long last = machine.lastEvent();
        Chunk chunk =
                new Chunk(last - count + 1, last, Packing.pack(bytes.array(), bytes.capacity()));
        chunks.add(chunk);
        hostBytes += OVERHEAD + chunk.packed.length;
    }

    /** The rows of events from one number to another. */
    long[] rows(long first, long last) {
        int count = Math.toIntExact(Math.max(0, last - first + 1));
        long[] rows = new long[count * Machine.EVENT_ROW];
        for (Chunk chunk : chunks) {
            long from = Math.max(first, chunk.first);
            long to = Math.min(last, chunk.last);
            if (from <= to) {
                System.arraycopy(
                        chunk.rows(),
                        Math.toIntExact(from - chunk.first) * Machine.EVENT_ROW,
                        rows,
                        Math.toIntExact(from - first) * Machine.EVENT_ROW,
                        Math.toIntExact(to - from + 1) * Machine.EVENT_ROW);
            }
        }
        return rows;
    }

    /** Drops the chunks that end before an event. */
    void dropBefore(long event) {
        while (!chunks.isEmpty() && chunks.getFirst().last < event) {
            hostBytes -= OVERHEAD + chunks.removeFirst().packed.length;
        }
    }

    /** Bytes of host memory. */
    long hostBytes() {
        return hostBytes;
    }
}

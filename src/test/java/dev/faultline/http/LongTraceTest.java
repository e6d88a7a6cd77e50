package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/** A trace may be longer than memory: it is run as it comes in, and never held. */
@Tag("slow")
class LongTraceTest extends HttpTest {

    private static final long LENGTH = 200L << 20;
    private static final long MOST_GROWTH = 24L << 20;

    @Test
    void aTraceOf200MegabytesIsNotHeld() {
        String machine = client.machineWithProcess("{'frames': 16}");
        long before = usedHeap();
        AtomicLong during = new AtomicLong();
        Answer answer =
                client.send(
                        "POST",
                        machine + "/processes/1/trace",
                        Client.BINARY,
                        BodyPublishers.ofInputStream(() -> new Trace(during)));
        assertThat(answer.expect(200).number("/accesses")).isEqualTo(LENGTH / 8);
        assertThat(answer.number("/counters/pageFaults")).isPositive();
        assertThat(during.get() - before).as("growth while it runs").isLessThan(MOST_GROWTH);
        assertThat(usedHeap() - before).as("growth after it").isLessThan(MOST_GROWTH);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Reads of a loop over 20 pages, made as they are read; looks at the heap near the end. */
    private static final class Trace extends InputStream {

        private static final int PERIOD = 20 * 4096;

        private final AtomicLong usedNearTheEnd;
        private final byte[] loop = new byte[8 * PERIOD];
        private long at;

        Trace(AtomicLong usedNearTheEnd) {
            this.usedNearTheEnd = usedNearTheEnd;
            ByteBuffer words = ByteBuffer.wrap(loop).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < PERIOD; i++) {
                words.putLong(i);
            }
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (at >= LENGTH) {
                return -1;
            }
            if (at > LENGTH / 10 * 9 && usedNearTheEnd.get() == 0) {
                usedNearTheEnd.set(usedHeap());
            }
            int from = (int) (at % loop.length);
            int count = (int) Math.min(Math.min(length, loop.length - from), LENGTH - at);
            System.arraycopy(loop, from, bytes, offset, count);
            at += count;
            return count;
        }
    }
}

package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

class BinaryReaderTest {

    private static final long WRITE = 1L << 62;
    private static final long EXECUTE = 2L << 62;
    private static final long TICK = 3L << 62;
    private static final long GARBLED = TICK | 1;

    @Test
    void readsWords() {
        play(Played.SMALL, bytes(0x1f, WRITE | 0xffff, EXECUTE | 0x20))
                .gives("read 0x1f", "write 0xffff", "execute 0x20");
        play(Played.WIDE, bytes(EXECUTE | (1L << 62) - 1)).gives("execute 0x3fffffffffffffff");
        play(Played.WIDE, new byte[0]).gives();
    }

    @Test
    void operationThreeIsATick() {
        play(Played.SMALL, bytes(1, TICK, WRITE | 2, TICK, TICK))
                .gives("read 0x1", "tick 0x0", "write 0x2", "tick 0x0", "tick 0x0");
        Played played = play(Played.SMALL, bytes(1, TICK, TICK | 3, 4, GARBLED));
        garbledAt(played, 16, "a tick has no address", "found 0x3");
        played.after("read 0x1", "tick 0x0");
        garbledAt(play(Played.WIDE, bytes(-1)), 0, "found 0x3fffffffffffffff");
    }

    @Test
    void beyondTheSpace() {
        Played played = play(Played.SMALL, bytes(WRITE | 0xffff, WRITE | 0x10000, GARBLED));
        garbledAt(played, 8, "0x10000", "last address, 0xffff");
        played.after("write 0xffff");
    }

    @Test
    void cutInAWord() {
        byte[] whole = bytes(1, 2, 3);
        for (int length = 17; length < 24; length++) {
            Played played = play(Played.SMALL, Arrays.copyOf(whole, length));
            garbledAt(played, 16, "found " + (length - 16));
            played.after("read 0x1", "read 0x2");
        }
    }

    @Test
    void findsTheWordInALongTrace() {
        long[] words = new long[30_000];
        words[20_001] = GARBLED;
        Played played = play(Played.SMALL, bytes(words));
        garbledAt(played, 8 * 20_001L, "found 0x1");
        assertThat(played.accesses()).hasSize(20_001);
    }

    private static void garbledAt(Played played, long offset, String... words) {
        TraceException garbled = played.garbled();
        assertThat(garbled.byteOffset()).isEqualTo(offset);
        assertThat(garbled.line()).isNull();
        assertThat(garbled.detail()).contains(words);
    }

    static byte[] bytes(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    private static Played play(MachineSpec spec, byte[] trace) {
        return Played.of(TraceFormat.BINARY, spec, false, trace);
    }
}

package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Blocks;
import dev.faultline.machine.Specs;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What a trace came to: the accesses delivered, as {@link Blocks} shows them, and the exception
 * that ended it, if one did.
 */
record Played(List<String> accesses, @Nullable IOException trouble) {

    /** 16-byte pages and a last address of 0xffff. */
    static final MachineSpec SMALL = spec(16, 16);

    static final MachineSpec WIDE = spec(4096, 62);

    static MachineSpec spec(long pageSize, long addressBits) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, pageSize)
                        .with(MachineSpec.FRAMES, 64)
                        .with(MachineSpec.ADDRESS_BITS, addressBits)
                        .with(PolicySpec.POLICY, "fifo")
                        .with(SwapSpec.SLOTS, 64),
                Specs.BOUNDS);
    }

    static Played small(TraceFormat format, String text) {
        return of(format, SMALL, false, text.getBytes(UTF_8));
    }

    static Played wide(TraceFormat format, String text) {
        return of(format, WIDE, false, text.getBytes(UTF_8));
    }

    /** Reads a trace in big blocks, and again in small ones from a stream that only drips. */
    static Played of(TraceFormat format, MachineSpec spec, boolean wholeMachine, byte[] trace) {
        InputStream whole = new ByteArrayInputStream(trace);
        Played big = play(format.open(whole, spec, wholeMachine), new AccessBlock(spec, 1024));
        InputStream drip = new Dripping(trace, trace.length);
        Played little = play(format.open(drip, spec, wholeMachine), new AccessBlock(spec, 2));
        assertThat(little.accesses()).isEqualTo(big.accesses());
        assertThat(little.message()).isEqualTo(big.message());
        return big;
    }

    static Played play(TraceReader reader, AccessBlock block) {
        List<String> accesses = new ArrayList<>();
        try {
            while (reader.read(block)) {
                assertThat(block.count()).isPositive();
                accesses.addAll(Blocks.show(block));
                block.clear();
            }
            assertThat(reader.read(block)).as("the end stays the end").isFalse();
            return new Played(accesses, null);
        } catch (IOException met) {
            assertThat(block.count()).isZero();
            return new Played(accesses, met);
        }
    }

    /** Sees that the trace was good and came to these accesses. */
    void gives(String... expected) {
        assertThat(trouble).isNull();
        assertThat(accesses).containsExactly(expected);
    }

    /** Sees that a text was garbled at a line, with these words in the detail. */
    Played garbledAt(long line, String... words) {
        TraceException garbled = garbled();
        assertThat(garbled.line()).isEqualTo(line);
        assertThat(garbled.byteOffset()).isNull();
        assertThat(garbled.detail()).matches("[ -~…]*");
        for (String each : words) {
            assertThat(garbled.detail()).contains(each);
        }
        return this;
    }

    TraceException garbled() {
        if (trouble instanceof TraceException garbled) {
            return garbled;
        }
        throw new AssertionError("a TraceException was expected, not " + trouble);
    }

    /** Sees what was delivered before the trace was found garbled. */
    void after(String... expected) {
        assertThat(accesses).containsExactly(expected);
    }

    @Nullable String message() {
        return trouble == null ? null : trouble.getMessage();
    }

    /** Gives 1 to 7 bytes a read, and may fail at a place. */
    static final class Dripping extends InputStream {

        private final byte[] bytes;
        private final int failsAt;
        private int at;

        /** Fails at a place; never if that is the end. */
        Dripping(byte[] bytes, int failsAt) {
            this.bytes = bytes;
            this.failsAt = failsAt;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (at == bytes.length) {
                return -1;
            }
            if (at == failsAt) {
                throw new IOException("the line is dead");
            }
            int given = Math.min(Math.min(length, 1 + at % 7), failsAt - at);
            System.arraycopy(bytes, at, into, from, given);
            at += given;
            return given;
        }
    }
}

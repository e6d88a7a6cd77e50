package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random traces come back as they were written; garbled ones never raise anything but they may. */
@Tag("slow")
class RandomTracesTest {

    static Stream<TraceFormat> formats() {
        return Stream.of(TraceFormat.values()).filter(format -> format != TraceFormat.NYU_MMU);
    }

    @Seeds(value = 1, of = "formats")
    void roundTrip(TraceFormat format, long seed) {
        Random random = new Random(seed);
        int offsetBits = format.isOfPages() ? 12 : 0;
        for (int i = 0; i < 20; i++) {
            int count = random.nextInt(i == 0 ? 30_000 : 300);
            List<Samples.Access> accesses =
                    Samples.sayable(format, Samples.random(random, count, 62, offsetBits));
            byte[] trace = Samples.write(format, accesses, offsetBits);
            Played.of(format, Played.WIDE, false, trace)
                    .gives(accesses.stream().map(Samples.Access::show).toArray(String[]::new));
        }
    }

    /** Bytes are changed, put in and taken out; what comes before the first is delivered. */
    @Seeds(value = 1, of = "formats")
    void garbledTraces(TraceFormat format, long seed) {
        Random random = new Random(seed);
        byte[] good = Samples.of(format);
        List<String> whole = play(format, good).accesses();
        for (int i = 0; i < 1000; i++) {
            int at = random.nextInt(good.length);
            Played played = Played.of(format, Played.SMALL, false, garble(good, at, random));
            assertThat(played.trouble() == null || played.trouble() instanceof TraceException)
                    .isTrue();
            int before = accessesBefore(format, good, at);
            assertThat(played.accesses()).hasSizeGreaterThanOrEqualTo(before);
            assertThat(played.accesses().subList(0, before)).isEqualTo(whole.subList(0, before));
        }
    }

    /** How many accesses must come through when the first bytes of a trace are unharmed. */
    private static int accessesBefore(TraceFormat format, byte[] good, int unharmed) {
        return switch (format) {
            case BINARY -> unharmed / Long.BYTES;
            case COLUMNS -> 0;
            default -> {
                int lines = 0;
                for (int i = 0; i < unharmed - 1; i++) {
                    lines += good[i] == '\n' ? 1 : 0;
                }
                yield lines;
            }
        };
    }

    private static byte[] garble(byte[] good, int at, Random random) {
        int removed = random.nextInt(3);
        int added = random.nextInt(3);
        int tail = Math.min(good.length, at + removed);
        byte[] bad = Arrays.copyOf(good, at + added + good.length - tail);
        for (int i = at; i < at + added; i++) {
            bad[i] =
                    (byte)
                            (random.nextBoolean()
                                    ? random.nextInt()
                                    : good[random.nextInt(good.length)]);
        }
        System.arraycopy(good, tail, bad, at + added, good.length - tail);
        return random.nextInt(4) == 0 ? Arrays.copyOf(bad, at + added) : bad;
    }

    private static Played play(TraceFormat format, byte[] trace) {
        return Played.play(
                format.open(new ByteArrayInputStream(trace), Played.SMALL),
                new AccessBlock(Played.SMALL, 1000));
    }
}

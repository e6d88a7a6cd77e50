package dev.faultline.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.protocol.Op;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes traces for tests: the same random accesses, in any format. */
final class Samples {

    private static final String LETTERS = "rwxt";

    /** An access of one byte, or a tick. */
    record Access(int op, long address) {

        String show() {
            return Op.name(op) + " 0x" + Long.toHexString(address);
        }
    }

    private Samples() {}

    /** A short good trace for {@link Played#SMALL}. */
    static byte[] of(TraceFormat format) {
        return write(format, random(new Random(1), 60, 16, 4), 4);
    }

    /** Accesses to random addresses, and ticks. Of the last {@code offsetBits} none is set. */
    static List<Access> random(Random random, int count, int addressBits, int offsetBits) {
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long address = random.nextLong() >>> Long.SIZE - addressBits;
            accesses.add(
                    random.nextInt(10) == 0
                            ? new Access(Op.TICK, 0)
                            : new Access(random.nextInt(3), address >>> offsetBits << offsetBits));
        }
        return accesses;
    }

    /** What is left of accesses in a format that cannot say all. */
    static List<Access> sayable(TraceFormat format, List<Access> accesses) {
        return accesses.stream()
                .filter(a -> a.op != Op.TICK || hasTicks(format))
                .map(a -> a.op == Op.TICK ? a : new Access(sayable(format, a.op), a.address))
                .toList();
    }

    static boolean hasTicks(TraceFormat format) {
        return switch (format) {
            case PAGES, BINARY, NDJSON, COLUMNS -> true;
            default -> false;
        };
    }

    private static int sayable(TraceFormat format, int op) {
        return switch (format) {
            case PAGES, OSTEP, LIBCACHESIM, LIBCACHESIM_CSV -> Op.READ;
            case UCSD, ADDRESS, PINATRACE -> op & Op.WRITE;
            default -> op;
        };
    }

    static byte[] write(TraceFormat format, List<Access> accesses, int offsetBits) {
        if (format == TraceFormat.BINARY) {
            return BinaryReaderTest.bytes(
                    accesses.stream().mapToLong(a -> (long) a.op << 62 | a.address).toArray());
        }
        StringBuilder text = new StringBuilder();
        if (format == TraceFormat.COLUMNS) {
            columns(accesses, text);
        } else {
            accesses.stream()
                    .filter(a -> a.op != Op.TICK || hasTicks(format))
                    .forEach(a -> line(format, a, offsetBits, text));
        }
        return text.toString().getBytes(UTF_8);
    }

    private static void columns(List<Access> accesses, StringBuilder text) {
        text.append("{\"ops\":\"");
        accesses.forEach(a -> text.append(LETTERS.charAt(a.op)));
        text.append("\",\"addresses\":[");
        String comma = "";
        for (Access access : accesses) {
            text.append(comma).append(json(access.address));
            comma = ",";
        }
        text.append("]}");
    }

    private static void line(TraceFormat format, Access a, int offsetBits, StringBuilder text) {
        String hex = Long.toHexString(a.address);
        if (a.op == Op.TICK) {
            text.append(format == TraceFormat.PAGES ? "T\n" : "{\"op\":\"tick\"}\n");
            return;
        }
        switch (format) {
            case LACKEY -> text.append(new String[] {" L ", " S ", "I  "}[a.op] + hex + ",1");
            case DINERO -> text.append(a.op + " " + hex);
            case PINATRACE ->
                    text.append("0x401000: " + (a.op == Op.WRITE ? "W" : "R") + " 0x" + hex);
            case ADDRESS ->
                    text.append(a.op == Op.WRITE ? hex + " W" : a.op == Op.READ ? "0x" + hex : hex);
            case UCSD -> text.append((a.op == Op.WRITE ? "s 0x" : "l 0x") + hex + " 3");
            case PAGES, OSTEP, LIBCACHESIM -> text.append(a.address >>> offsetBits);
            case LIBCACHESIM_CSV -> text.append("1," + (a.address >>> offsetBits) + ",4096");
            default ->
                    text.append(
                            "{\"op\":\""
                                    + Op.name(a.op)
                                    + "\",\"address\":"
                                    + json(a.address)
                                    + "}");
        }
        text.append('\n');
    }

    private static String json(long address) {
        boolean decimal = Long.bitCount(address) % 2 == 0;
        return decimal ? "" + address : "\"0x" + Long.toHexString(address) + '"';
    }
}

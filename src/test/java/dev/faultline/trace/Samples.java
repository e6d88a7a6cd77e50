package dev.faultline.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Op;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes traces for tests: the same random accesses, in any format. */
final class Samples {

    private static final String LETTERS = "rwx";

    /** An access of one byte. */
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

    /** Accesses to random addresses. Of the last {@code offsetBits} none is set. */
    static List<Access> random(Random random, int count, int addressBits, int offsetBits) {
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long address = random.nextLong() >>> Long.SIZE - addressBits;
            accesses.add(new Access(random.nextInt(3), address >>> offsetBits << offsetBits));
        }
        return accesses;
    }

    /** What is left of accesses in a format that cannot say all. */
    static List<Access> sayable(TraceFormat format, List<Access> accesses) {
        return switch (format) {
            case PAGES, OSTEP, LIBCACHESIM, LIBCACHESIM_CSV ->
                    accesses.stream().map(a -> new Access(Op.READ, a.address)).toList();
            case UCSD ->
                    accesses.stream().map(a -> new Access(a.op & Op.WRITE, a.address)).toList();
            default -> accesses;
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
            accesses.forEach(a -> line(format, a, offsetBits, text));
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
        switch (format) {
            case LACKEY -> text.append(new String[] {" L ", " S ", "I  "}[a.op] + hex + ",1");
            case DINERO -> text.append(a.op + " " + hex);
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

package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;

/** Good traces in every format, then garbled by a few bytes, cut off, or badly framed. */
final class HostileTraces {

    private static final String WHOLE_MACHINE = "whole machine";

    private static final List<String> FORMATS =
            List.of(
                    Client.LACKEY,
                    "text/x-dinero",
                    "text/x-ucsd",
                    "text/x-address",
                    "text/x-address;radix=10",
                    "text/x-pinatrace",
                    "text/x-pages",
                    Client.NDJSON,
                    Client.JSON,
                    Client.BINARY,
                    WHOLE_MACHINE);

    private final Dice dice;

    HostileTraces(Dice dice) {
        this.dice = dice;
    }

    Hostile next() {
        String format = dice.pick(FORMATS);
        byte[] body = good(format);
        for (int changes = dice.below(4); changes >= 0; changes--) {
            body = dice.spoilt(body, dice.bytes(16));
        }
        boolean whole = format.equals(WHOLE_MACHINE);
        String path = Hostile.VICTIM + (whole ? "/trace" : "/processes/1/trace");
        String type = whole ? Client.NDJSON : format;
        String head = Hostile.head(path, type);
        return switch (dice.below(6)) {
            case 0 -> {
                String length = "Content-Length: " + (body.length + 7) + "\r\n\r\n";
                yield new Hostile("trace cut off", Hostile.joined(head + length, body));
            }
            case 1 -> {
                String size = Integer.toHexString(body.length) + "\r\n";
                String end = dice.oneOf("\r\n0\r\n\r\n", "\r\n", "xx", "\r\nzz\r\n");
                String text = size + new String(body, ISO_8859_1) + end;
                yield Hostile.raw(
                        "trace in chunks", head + "Transfer-Encoding: chunked\r\n\r\n" + text);
            }
            default -> Hostile.post("trace", path, type, body);
        };
    }

    private byte[] good(String format) {
        int count = 1 + dice.below(40);
        if (format.equals(Client.BINARY)) {
            ByteBuffer words = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                words.putLong(ticks() ? 3L << 62 : (long) dice.below(2) << 62 | address());
            }
            return words.array();
        }
        if (format.equals(Client.JSON)) {
            String addresses = String.join(",", Collections.nCopies(count, "" + address()));
            String columns = "{\"ops\":\"" + "r".repeat(count) + "\",\"addresses\":[";
            return (columns + addresses + "]}").getBytes(ISO_8859_1);
        }
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(ticks() ? tick(format) : line(format, address())).append('\n');
        }
        return lines.toString().getBytes(ISO_8859_1);
    }

    private static String line(String format, long address) {
        String hex = Long.toHexString(address);
        return switch (format) {
            case Client.LACKEY -> " L " + hex + ",1";
            case "text/x-dinero" -> "1 " + hex;
            case "text/x-address" -> hex + " R";
            case "text/x-address;radix=10" -> address + " W";
            case "text/x-pinatrace" -> "0x401000: R 0x" + hex;
            case "text/x-ucsd" -> "s 0x" + hex + " 1";
            case "text/x-pages" -> "" + address / 4096;
            case WHOLE_MACHINE -> "{\"op\":\"read\",\"address\":\"0x" + hex + "\",\"pid\":1}";
            default -> "{\"op\":\"write\",\"address\":\"0x" + hex + "\",\"value\":3}";
        };
    }

    /** A tick of the clock; a comment in a format that has none. */
    private static String tick(String format) {
        return switch (format) {
            case "text/x-pages" -> "T";
            case Client.NDJSON, WHOLE_MACHINE -> "{\"op\":\"tick\"}";
            case Client.LACKEY -> "==1== ";
            case "text/x-ucsd" -> "";
            default -> "#";
        };
    }

    private boolean ticks() {
        return dice.below(10) == 0;
    }

    /** An address in one of the areas of the victim's process. */
    private long address() {
        return 0x1000L + dice.below(0x4000);
    }
}

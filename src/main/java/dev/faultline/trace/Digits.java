package dev.faultline.trace;

import java.util.Arrays;

/** What digits are worth, by table. */
final class Digits {

    /** Hexadecimal digits of 64 bits. */
    static final int MAX_HEX = 16;

    /** What a byte is worth as a hexadecimal digit; -1 if it is none. Indexed 0 to 255. */
    private static final byte[] HEX = new byte[256];

    static {
        Arrays.fill(HEX, (byte) -1);
        for (char c : "0123456789abcdefABCDEF".toCharArray()) {
            HEX[c] = (byte) Character.digit(c, 16);
        }
    }

    private Digits() {}

    /** What a byte is worth as a hexadecimal digit; -1 if it is none. */
    static int hex(byte b) {
        return HEX[b & 0xff];
    }

    /** What a character is worth as a hexadecimal digit; -1 if it is none. */
    static int hex(char c) {
        return c < HEX.length ? HEX[c] : -1;
    }

    /** Whether a byte is a decimal digit. */
    static boolean isDecimal(byte b) {
        return b >= '0' && b <= '9';
    }
}

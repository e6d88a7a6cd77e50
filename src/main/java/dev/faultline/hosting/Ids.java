package dev.faultline.hosting;

import java.security.SecureRandom;

/** Makes ids that cannot be guessed, of letters and digits that are not taken for each other. */
final class Ids {

    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 16; // 80 bits

    private final SecureRandom random = new SecureRandom();

    /** An id with a prefix. */
    String next(String prefix) {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < LENGTH; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }
}

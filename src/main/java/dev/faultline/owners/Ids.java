package dev.faultline.owners;

import java.security.SecureRandom;

/** Makes ids that cannot be guessed, of letters and digits that are not taken for each other. */
public final class Ids {

    /** Letters of an id that has to be beyond guessing: 80 bits. */
    public static final int LONG = 16;

    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    private final SecureRandom random = new SecureRandom();

    /**
     * An id with a prefix.
     *
     * @param length its letters, of 5 bits each
     */
    public String next(String prefix, int length) {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < length; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }
}

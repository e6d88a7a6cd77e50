package dev.faultline.http;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;

/** Seeded chance: which of several, and what becomes of some bytes. */
final class Dice {

    private final Random random;

    Dice(long seed) {
        random = new Random(seed);
    }

    /** A number from 0 to below a bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean toss() {
        return random.nextBoolean();
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String oneOf(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    /** One of several words that stand with a blank between them. */
    String word(String words) {
        return oneOf(words.split(" ", -1));
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Bytes with one taken out, put in or changed, a part doubled, or the end cut off. */
    byte[] spoilt(byte[] bytes, byte[] alphabet) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        byte other = alphabet[random.nextInt(alphabet.length)];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (random.nextInt(5)) {
            case 0 -> out.write(bytes, at + 1, bytes.length - at - 1);
            case 1 -> {
                out.write(other);
                out.write(bytes, at, bytes.length - at);
            }
            case 2 -> {
                out.write(other);
                out.write(bytes, at + 1, bytes.length - at - 1);
            }
            case 3 -> {
                int from = random.nextInt(at + 1);
                out.write(bytes, from, bytes.length - from);
            }
            default -> {} // cut off
        }
        return out.toByteArray();
    }
}

package dev.faultline.contract;

import dev.faultline.http.Answer;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What is not yours and what is not there: nothing may tell them apart. */
final class Twins {

    /** What differs between any two answers. */
    private static final Set<String> OF_EACH = Set.of("date", "request-id", "ratelimit");

    private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

    private Twins() {}

    /** All that an answer says, with one name for another. */
    static String comparable(Answer answer, String name, String twin) {
        Map<String, List<String>> headers = new TreeMap<>();
        answer.headers()
                .map()
                .forEach((key, values) -> headers.put(key.toLowerCase(Locale.ROOT), values));
        headers.keySet().removeAll(OF_EACH);
        String all = answer.status() + " " + headers + " " + answer.text();
        return all.replace(name, twin).replace(name.replace("%7E", "~"), twin.replace("%7E", "~"));
    }

    /** A name of the same form and length. */
    static String of(String name, SplittableRandom random) {
        StringBuilder twin = new StringBuilder();
        String letters = name.matches("[0-9a-f]{64}") ? "0123456789abcdef" : LETTERS;
        int fixed = Math.max(name.lastIndexOf('~'), name.lastIndexOf('-')) + 1;
        twin.append(name, 0, fixed);
        while (twin.length() < name.length()) {
            twin.append(letters.charAt(random.nextInt(letters.length())));
        }
        return twin.toString();
    }
}

package dev.faultline.contract;

import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Random words that match a pattern. It knows what the patterns of a contract are made of: letters,
 * classes, groups, alternatives and counts. What looks ahead is tried until it fits.
 */
final class Words {

    private static final int TRIES = 200;
    private static final int MOST_REPEATED = 6;

    private final SplittableRandom random;
    private String pattern = "";
    private int at;
    private final StringBuilder word = new StringBuilder();

    Words(SplittableRandom random) {
        this.random = random;
    }

    String matching(String wanted) {
        for (int i = 0; i < TRIES; i++) {
            pattern = wanted;
            at = 0;
            word.setLength(0);
            alternatives(true);
            if (Pattern.matches(wanted, word)) {
                return word.toString();
            }
        }
        throw new IllegalArgumentException("no word found that matches " + wanted);
    }

    /** Reads alternatives up to the group's end; writes one of them if it is meant. */
    private void alternatives(boolean meant) {
        int begin = at;
        int count = 1;
        sequence(false);
        while (isNext('|')) {
            at++;
            count++;
            sequence(false);
        }
        int end = at;
        if (meant) {
            int chosen = random.nextInt(count);
            at = begin;
            for (int i = 0; i < chosen; i++) {
                sequence(false);
                at++;
            }
            sequence(true);
            at = end;
        }
    }

    private void sequence(boolean meant) {
        while (at < pattern.length() && !isNext('|') && !isNext(')')) {
            repeated(meant);
        }
    }

    private void repeated(boolean meant) {
        int begin = at;
        atom(false);
        int end = at;
        int[] counts = counts();
        int after = at;
        if (meant) {
            int most = Math.min(counts[1], counts[0] + MOST_REPEATED);
            int times = random.nextInt(counts[0], most + 1);
            for (int i = 0; i < times; i++) {
                at = begin;
                atom(true);
            }
        }
        at = Math.max(after, end);
    }

    private int[] counts() {
        if (at >= pattern.length()) {
            return new int[] {1, 1};
        }
        char c = pattern.charAt(at);
        if (c == '{') {
            int end = pattern.indexOf('}', at);
            String[] bounds = pattern.substring(at + 1, end).split(",", -1);
            at = end + 1;
            int least = Integer.parseInt(bounds[0]);
            boolean open = bounds.length > 1 && bounds[1].isEmpty();
            int most = open ? least + MOST_REPEATED : Integer.parseInt(bounds[bounds.length - 1]);
            return new int[] {least, most};
        }
        if (c != '?' && c != '*' && c != '+') {
            return new int[] {1, 1};
        }
        at++;
        return new int[] {c == '+' ? 1 : 0, c == '?' ? 1 : MOST_REPEATED};
    }

    private void atom(boolean meant) {
        char c = pattern.charAt(at++);
        switch (c) {
            case '^', '$' -> {}
            case '(' -> group(meant);
            case '[' -> oneOf(meant);
            case '\\' -> letter(pattern.charAt(at++), meant);
            case '.' -> letter('x', meant);
            default -> letter(c, meant);
        }
    }

    private void letter(char c, boolean meant) {
        if (meant) {
            word.append(c == 'd' && pattern.charAt(at - 2) == '\\' ? '7' : c);
        }
    }

    private void group(boolean meant) {
        boolean looks = pattern.startsWith("?!", at) || pattern.startsWith("?=", at);
        if (pattern.startsWith("?", at)) {
            at += 2;
        }
        alternatives(meant && !looks);
        at++; // the closing bracket
    }

    private void oneOf(boolean meant) {
        StringBuilder letters = new StringBuilder();
        while (!isNext(']')) {
            char from = pattern.charAt(at++);
            if (from == '\\') {
                from = pattern.charAt(at++);
            }
            boolean isRange = isNext('-') && pattern.charAt(at + 1) != ']';
            char to = isRange ? pattern.charAt(at + 1) : from;
            at += isRange ? 2 : 0;
            for (char c = from; c <= to; c++) {
                letters.append(c);
            }
        }
        at++;
        if (meant) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
    }

    private boolean isNext(char c) {
        return at < pattern.length() && pattern.charAt(at) == c;
    }
}

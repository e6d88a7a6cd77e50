package dev.faultline.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Delta debugging over a list (Zeller and Hildebrandt 2002), in halves, quarters, down to ones. */
public final class DeltaDebugging {

    private DeltaDebugging() {}

    /**
     * A part of a list from which nothing can be taken any more.
     *
     * @param holds whether a part still has what is looked for; it is never asked of the whole
     */
    public static <T> List<T> smallest(List<T> whole, Predicate<List<T>> holds) {
        List<T> smallest = whole;
        int before;
        do {
            before = smallest.size();
            smallest = fewer(smallest, holds);
        } while (smallest.size() < before);
        return smallest;
    }

    /** One round: pieces of each size are taken out, from the end on. */
    public static <T> List<T> fewer(List<T> whole, Predicate<List<T>> holds) {
        List<T> smallest = whole;
        for (int size = smallest.size(); size >= 1; size /= 2) {
            for (int from = smallest.size() - size; from > -size; from -= size) {
                List<T> part = new ArrayList<>(smallest);
                part.subList(Math.max(0, from), Math.min(from + size, part.size())).clear();
                if (part.size() < smallest.size() && holds.test(part)) {
                    smallest = part;
                }
            }
        }
        return smallest;
    }
}

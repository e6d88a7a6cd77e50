package dev.faultline.oracle.replacement;

import java.util.List;
import java.util.Map;

/** A memory of a number of pages under one policy, in the steps of the paper that defines it. */
public interface Paper {

    /** A page is accessed. Answers the pages that leave for that, in order. */
    List<Long> access(long page);

    /** The clock interrupt clears the referenced bits, where the paper has any. */
    default void tick() {}

    /** The paper's lists, by the names that the policy shows them under, oldest first. */
    Map<String, List<Long>> lists();
}

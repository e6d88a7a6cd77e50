/**
 * Every replacement policy a second time, one file for each paper, with lists that are searched
 * from end to end. Those that need no more than the pages in memory are together in {@link
 * dev.faultline.oracle.replacement.TextbookPolicies}.
 *
 * <p>They share no code with the machine: a policy's parameters come as {@link
 * dev.faultline.oracle.replacement.PolicySettings}, a client's names and values.
 */
@NullMarked
package dev.faultline.oracle.replacement;

import org.jspecify.annotations.NullMarked;

/**
 * The HTTP contract: controllers, the records that requests and responses are made of, and problem
 * documents. A feature is a package: {@code machines}, {@code processes}, {@code memory}, {@code
 * accesses}, {@code inspection}, {@code studies} and {@code operations}; what all share is in
 * {@code web}, and what is below HTTP in {@code connections}. A controller reads the request, asks
 * {@code hosting} and writes the answer; it holds no rule of paging. The wire's records are not the
 * machine's, but for counters, costs, limits, how much is read ahead and what an inspector answers
 * in plain numbers (mappings, entries of a TLB, processors, candidates, a policy's lists), which
 * are written as they are.
 */
@NullMarked
package dev.faultline.api;

import org.jspecify.annotations.NullMarked;

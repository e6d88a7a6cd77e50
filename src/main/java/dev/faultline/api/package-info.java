/**
 * The HTTP contract: controllers, the records that requests and responses are made of, and problem
 * documents. There is a package for each feature: {@code machines}, {@code processes}, {@code
 * memory}, {@code accesses}, {@code inspection}, {@code history}, {@code studies}, {@code
 * operations} and {@code keys}. {@code web} has what they share, and {@code connections} what is
 * below HTTP. {@code document} completes the OpenAPI document, and {@code pages} is for people.
 *
 * <p>Read {@code accesses.AccessController} first. A controller reads the request, asks {@code
 * hosting} and writes the response; it contains no rule of paging.
 *
 * <p>The records on the wire are not the machine's own, with a few exceptions that are written as
 * they are: counters, costs, limits, read-ahead, and views in plain numbers (mappings, TLB entries,
 * processors, candidates, a policy's lists).
 */
@NullMarked
package dev.faultline.api;

import org.jspecify.annotations.NullMarked;

/**
 * The HTTP contract: controllers, the records that requests and responses are made of, and problem
 * documents. A controller reads the request, asks {@code hosting} and writes the answer; it holds
 * no rule of paging. The wire's records are not the machine's, but for counters, costs and limits,
 * which are written as they are.
 */
@NullMarked
package dev.faultline.api;

import org.jspecify.annotations.NullMarked;

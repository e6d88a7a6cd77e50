/**
 * Tests of the whole server through a real port, as a client sees it.
 *
 * <p>{@code Client} sends requests. {@code EveryAnswer} checks every answer against what holds for
 * all of them, and {@code ApiDocument} checks it against the server's own OpenAPI document. So a
 * test states only what is particular to it.
 */
@NullMarked
package dev.faultline.http;

import org.jspecify.annotations.NullMarked;

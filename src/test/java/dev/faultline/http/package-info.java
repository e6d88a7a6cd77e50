/**
 * Tests of the whole server through a real port, as a client meets it.
 *
 * <p>{@code Client} sends requests; every answer it gets is checked by {@code EveryAnswer} against
 * what holds for all of them, and by {@code ApiDocument} against the OpenAPI document that the
 * server gives out. So a test says only what is particular to it.
 */
@NullMarked
package dev.faultline.http;

import org.jspecify.annotations.NullMarked;

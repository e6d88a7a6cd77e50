/**
 * Tests of the trace formats. {@code Played} runs a trace through its reader, whole and in bits.
 */
@NullMarked
package dev.faultline.trace;

import org.jspecify.annotations.NullMarked;

/**
 * Tests of the trace formats. {@code Played} runs a trace through its reader, as a whole and in
 * pieces.
 */
@NullMarked
package dev.faultline.trace;

import org.jspecify.annotations.NullMarked;

/**
 * Faultline: simulated computers with virtual memory, hosted behind HTTP. The rooms are the
 * packages below.
 */
@NullMarked
package dev.faultline;

import org.jspecify.annotations.NullMarked;

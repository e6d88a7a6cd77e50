/**
 * Benchmarks: the machine against a bare loop of the same work, and HTTP against an echo and
 * against parsing and running alone. Every figure is a ratio taken within one run;
 * docs/performance.md says how to run them and what they gave.
 */
@NullMarked
package dev.faultline.bench;

import org.jspecify.annotations.NullMarked;

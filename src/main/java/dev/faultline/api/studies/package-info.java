/** Stored traces, and what compares many machines: sweeps, curves, comparisons, experiments. */
@NullMarked
package dev.faultline.api.studies;

import org.jspecify.annotations.NullMarked;

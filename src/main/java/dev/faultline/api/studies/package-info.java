/**
 * Stored traces, and what compares many machines: sweeps, curves, comparisons and experiments. Read
 * {@code SweepController} first.
 */
@NullMarked
package dev.faultline.api.studies;

import org.jspecify.annotations.NullMarked;

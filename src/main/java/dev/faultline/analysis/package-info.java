/**
 * What a trace says of itself and of machines: curves that need no machine ({@link
 * dev.faultline.analysis.ReuseDistances}, {@link dev.faultline.analysis.OptimalFaults}, {@link
 * dev.faultline.analysis.WorkingSets}, {@link dev.faultline.analysis.SampledFaults}); {@link
 * dev.faultline.analysis.Sweep}, which runs a trace through the machine once for each combination
 * of policy, frames and TLB; and {@link dev.faultline.analysis.Multiprogramming}, which runs more
 * and more processes on one. The engine is the machine's own; the curves are the independent ways
 * to the same numbers, and are tested against it.
 *
 * <p>Nothing here knows of HTTP, Spring, or how machines are hosted.
 */
@NullMarked
package dev.faultline.analysis;

import org.jspecify.annotations.NullMarked;

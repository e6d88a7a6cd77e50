/**
 * What a trace says about itself and about machines.
 *
 * <p>Some curves need no machine: {@link dev.faultline.analysis.ReuseDistances} (LRU), {@link
 * dev.faultline.analysis.SampledFaults} (LRU, estimated), {@link
 * dev.faultline.analysis.OptimalFaults} and {@link dev.faultline.analysis.WorkingSets}. Two
 * experiments do: {@link dev.faultline.analysis.Sweep} runs a trace once for each combination of
 * policy, frames and TLB, and {@link dev.faultline.analysis.Multiprogramming} runs more and more
 * processes on one machine. The experiments use the machine's own engine. The curves reach the same
 * numbers in other ways, and tests compare the two.
 *
 * <p>Read {@code PageString} first: it is how the curves see a trace. Nothing here knows about
 * HTTP, Spring or how machines are hosted.
 */
@NullMarked
package dev.faultline.analysis;

import org.jspecify.annotations.NullMarked;

/**
 * Page-replacement policies, one per file, and their registry {@link
 * dev.faultline.machine.replacement.Policies}. Read {@link
 * dev.faultline.machine.replacement.ReplacementPolicy} first, then {@code Fifo}, {@code Clock} and
 * {@code Lru}. {@link dev.faultline.machine.replacement.Parameters} declares the values that a
 * client can choose.
 *
 * <p>A policy names a victim; the kernel evicts it. A policy knows the frames by their numbers, and
 * what {@link dev.faultline.machine.replacement.Frames} answers about them. It knows nothing else
 * of the machine.
 */
@NullMarked
package dev.faultline.machine.replacement;

import org.jspecify.annotations.NullMarked;

/**
 * Page-replacement policies, one per file, and their registry {@link
 * dev.faultline.machine.replacement.Policies}. Read {@link
 * dev.faultline.machine.replacement.ReplacementPolicy} first, then {@code Fifo}, {@code Clock} and
 * {@code Lru}.
 *
 * <p>A policy names a victim; the kernel evicts it. A policy knows frames by number and what {@link
 * dev.faultline.machine.replacement.Frames} answers about them, and nothing else of the machine.
 */
@NullMarked
package dev.faultline.machine.replacement;

import org.jspecify.annotations.NullMarked;

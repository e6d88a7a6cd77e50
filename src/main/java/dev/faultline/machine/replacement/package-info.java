/**
 * Page-replacement policies, one a file, and their registry {@link
 * dev.faultline.machine.replacement.Policies}. A policy names a victim; the kernel evicts it. A
 * policy knows frames by number and what {@link dev.faultline.machine.replacement.Frames} answers
 * of them, and nothing else of the machine.
 */
@NullMarked
package dev.faultline.machine.replacement;

import org.jspecify.annotations.NullMarked;

/**
 * What a machine shows of itself: frames, tables, TLBs, slots, holes, translations, the replacement
 * policy, and events.
 */
@NullMarked
package dev.faultline.api.inspection;

import org.jspecify.annotations.NullMarked;

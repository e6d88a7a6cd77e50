/**
 * What a machine shows of itself: frames, tables, TLBs, slots, holes, translations, the replacement
 * policy and events. Read {@code InspectionController} first. Apart from showing, it only pins
 * frames, compacts segments and flushes TLBs.
 */
@NullMarked
package dev.faultline.api.inspection;

import org.jspecify.annotations.NullMarked;

/** Accesses by the batch and by the trace, and predictions of what they come to. */
@NullMarked
package dev.faultline.api.accesses;

import org.jspecify.annotations.NullMarked;

/**
 * Accesses one by one, in batches and as traces, and predictions of their results. Read {@code
 * AccessController} first, then {@code TraceController} and {@code PredictionController}.
 */
@NullMarked
package dev.faultline.api.accesses;

import org.jspecify.annotations.NullMarked;

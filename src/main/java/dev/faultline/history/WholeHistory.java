package dev.faultline.history;

import org.jspecify.annotations.Nullable;

/**
 * All that a history kept at a moment.
 *
 * @param oldest the oldest version
 * @param present the version of the last change that was over
 * @param beginsAsMade whether the oldest version is a machine as it was made at first
 * @param checkpoints one at the oldest version, and one wherever a rewind led to; none if the
 *     present version alone is known
 * @param toPresent the way to the present version; null if it alone is known
 * @param heads reads the records, for what is kept beside their steps
 * @param bodies reads the records again, for their steps
 */
public record WholeHistory(
        long oldest,
        long present,
        boolean beginsAsMade,
        Checkpoints checkpoints,
        @Nullable Replay toPresent,
        RecordReader heads,
        RecordReader bodies) {}

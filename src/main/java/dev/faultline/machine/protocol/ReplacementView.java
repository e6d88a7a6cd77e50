package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What the replacement policy remembers.
 *
 * @param rule who leaves, in words
 * @param hand the frame that the hand points to, or null
 * @param order the frames in the order in which they are looked at, if the policy keeps one
 * @param queues the lists that the policy keeps
 * @param frames the used frames, and what is remembered of each
 */
public record ReplacementView(
        String rule,
        @Nullable Integer hand,
        List<Integer> order,
        List<QueueView> queues,
        List<RememberedView> frames) {}

package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The state of the replacement policy.
 *
 * @param rule the rule in words
 * @param hand the frame that the hand points to, or null
 * @param order the frames in the order in which the policy looks at them, if it keeps one
 * @param queues the lists that it keeps
 * @param frames the used frames, with what the policy remembers of each
 */
public record ReplacementView(
        String rule,
        @Nullable Integer hand,
        List<Integer> order,
        List<QueueView> queues,
        List<RememberedView> frames) {}

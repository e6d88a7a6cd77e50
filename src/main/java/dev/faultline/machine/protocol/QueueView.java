package dev.faultline.machine.protocol;

import dev.faultline.machine.replacement.Queue;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One of the policy's lists, oldest entry first.
 *
 * @param target the length that the policy aims for, or null if it has no such aim
 */
public record QueueView(
        String name, int size, @Nullable Double target, List<QueueEntryView> entries) {

    /** The view of one of the policy's lists. */
    public static QueueView of(Queue queue) {
        return new QueueView(
                queue.name(),
                queue.size(),
                queue.target(),
                queue.entries().stream().map(QueueEntryView::of).toList());
    }
}

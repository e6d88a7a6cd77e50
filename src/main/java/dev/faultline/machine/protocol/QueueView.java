package dev.faultline.machine.protocol;

import dev.faultline.machine.replacement.Queue;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One of the lists that the policy keeps, oldest first.
 *
 * @param target how many entries it is meant to have, or null if there is no such number
 */
public record QueueView(
        String name, int size, @Nullable Double target, List<QueueEntryView> entries) {

    public static QueueView of(Queue queue) {
        return new QueueView(
                queue.name(),
                queue.size(),
                queue.target(),
                queue.entries().stream().map(QueueEntryView::of).toList());
    }
}

package dev.faultline.machine.protocol;

import dev.faultline.machine.replacement.Queue;

import org.jspecify.annotations.Nullable;

/**
 * A page in one of the policy's lists: one in a frame, or one that has left and is remembered. A
 * page shared between processes has no pid.
 */
public record QueueEntryView(@Nullable Integer frame, @Nullable Integer pid, @Nullable Long page) {

    static QueueEntryView of(Queue.Entry entry) {
        Integer owner = entry.owner();
        return new QueueEntryView(
                entry.frame(), owner == null || owner < 0 ? null : owner, entry.page());
    }
}

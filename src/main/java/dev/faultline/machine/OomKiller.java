package dev.faultline.machine;

import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.tables.ControlGroups;

import org.jspecify.annotations.Nullable;

/**
 * The out-of-memory killer: what the kernel does when a frame is needed, none can be freed, and it
 * has promised more than it has. The process with the most pages in memory and in the store
 * together ends; pages of a page table in frames count. Ties go to the youngest, and a process that
 * holds nothing is never chosen. If a group's limit is the obstacle, the choice is within that
 * group.
 */
final class OomKiller {

    /** Ends a process so that another one gets a frame. */
    interface Killer {
        void kill(Task victim, Task asking);
    }

    private final Tasks tasks;
    private final Killer killer;
    private final ControlGroups groups;
    private final boolean enabled;

    OomKiller(Parts parts, Killer killer) {
        this.groups = parts.frames().groups();
        this.tasks = parts.tasks();
        this.killer = killer;
        enabled = parts.spec().swap().outOfMemory() == SwapSpec.OutOfMemory.KILL;
    }

    /**
     * Ends a process so that its frames and slots are free. Answers false if there is none to end,
     * or if it would be the one that asks: the request is condemned, and its process ends by the
     * signal that its access gets.
     */
    boolean makeRoom(FrameRequest request) {
        Task asking = request.asking();
        boolean group = !groups.hasRoom(asking.group(), 1);
        Task victim = enabled ? largest(group ? asking.group() : ControlGroups.ROOT) : null;
        if (victim == null || victim == asking) {
            if (victim != null) {
                request.condemn();
            }
            return false;
        }
        killer.kill(victim, asking);
        return true;
    }

    /** The process that holds the most, in a group unless that is the root. */
    private @Nullable Task largest(int group) {
        Task found = null;
        for (Task task : tasks) {
            boolean asked = group == ControlGroups.ROOT || task.group() == group;
            if (asked && !task.isTerminated() && !task.isBlocked() && pages(task) > 0) {
                found = found == null || pages(task) >= pages(found) ? task : found;
            }
        }
        return found;
    }

    private static long pages(Task task) {
        return task.residentPages() + task.swappedPages() + task.table().storage();
    }
}

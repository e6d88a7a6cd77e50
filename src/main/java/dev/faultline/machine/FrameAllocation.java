package dev.faultline.machine;

import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;

/**
 * How many frames each process may have where replacement is local (Silberschatz, "Allocation of
 * Frames"): so many, or an equal share of all, or one by the size of its areas. O(1) where the
 * number is given, else O(processes).
 */
final class FrameAllocation {

    private final PolicySpec policy;
    private final int frames;
    private final Tasks tasks;

    FrameAllocation(MachineSpec spec, Tasks tasks) {
        this.policy = spec.replacement();
        this.frames = spec.frames();
        this.tasks = tasks;
    }

    /** The frames of a process, at least 1; 0 for one that has ended. */
    int of(int pid) {
        if (pid == Tasks.KERNEL) {
            return 0;
        }
        Task task = tasks.get(pid);
        if (task.isTerminated()) {
            return 0;
        }
        if (policy.allotment() == PolicySpec.Allotment.PROPORTIONAL) {
            return proportional(task);
        }
        if (policy.frameShare() > 0) {
            return policy.frameShare();
        }
        int live = 0;
        for (Task each : tasks) {
            live += each.isTerminated() ? 0 : 1;
        }
        return Math.max(1, frames / Math.max(1, live));
    }

    private int proportional(Task task) {
        double all = 0; // areas can be as large as the space, and many
        for (Task each : tasks) {
            all += each.isTerminated() ? 0 : each.space().mappedBytes();
        }
        return all == 0 ? 1 : (int) Math.max(1, task.space().mappedBytes() / all * frames);
    }
}

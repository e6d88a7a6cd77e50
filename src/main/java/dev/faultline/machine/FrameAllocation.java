package dev.faultline.machine;

import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;

/**
 * How many frames each process may have under local replacement (Silberschatz, "Allocation of
 * Frames"): a given number, an equal share, or a share proportional to the size of its areas. O(1)
 * if the number is given, otherwise O(processes).
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

    /** The number of frames for a process, at least 1; 0 if it has ended. */
    int of(int pid) {
        if (pid == Tasks.KERNEL) {
            return 0;
        }
        Task task = tasks.get(pid);
        if (task.isTerminated()) {
            return 0;
        }
        if (policy.get(Parameters.ALLOTMENT) == Parameters.Allotment.PROPORTIONAL) {
            return proportional(task);
        }
        int share = policy.count(Parameters.FRAME_SHARE);
        if (share > 0) {
            return share;
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

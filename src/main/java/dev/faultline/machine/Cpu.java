package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.HashedPageTable;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.Tlbs;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/** A processor of the simulated computer: its MMU and TLBs, and the process that it runs. */
final class Cpu {

    private final int number;
    private final Tlbs tlbs;
    private final Mmu mmu;
    private @Nullable Task current;

    /** The last process it ran that is not the kernel; it may have ended. */
    private @Nullable Task lastProcess;

    Cpu(int number, MachineSpec spec, FrameMarks marks) {
        this.number = number;
        tlbs = new Tlbs(spec);
        mmu = new Mmu(tlbs, marks, spec, new HashedPageTable(1, new HostBudget(0)));
    }

    int number() {
        return number;
    }

    Tlbs tlbs() {
        return tlbs;
    }

    Mmu mmu() {
        return mmu;
    }

    /** The process whose accesses it ran last, or null. */
    @Nullable Task current() {
        return current;
    }

    void setCurrent(@Nullable Task task) {
        current = task;
        lastProcess = task != null && task.pid() != Tasks.KERNEL ? task : lastProcess;
    }

    /**
     * The process that it ran last, whatever the kernel has done since and though it may have
     * ended; or null if it has run none.
     */
    @Nullable Task lastProcess() {
        return lastProcess;
    }

    void setLastProcess(@Nullable Task task) {
        lastProcess = task;
    }
}

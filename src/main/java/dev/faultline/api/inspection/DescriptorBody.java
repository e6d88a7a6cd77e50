package dev.faultline.api.inspection;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.memory.AreaBody;
import dev.faultline.api.processes.ProcessBody;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.Pids;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.ProcessView;
import dev.faultline.machine.protocol.SpaceView;
import dev.faultline.machine.spec.Translation;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Lecture 16's picture of what the kernel keeps for a process: the task descriptor, the memory
 * descriptor that it points to, the root of the page table, and the list of areas.
 */
record DescriptorBody(TaskBody task, @Nullable MmBody mm) {

    /** The task descriptor. */
    record TaskBody(
            int pid,
            @Nullable String name,
            @Nullable Integer parent,
            String state,
            String onSignal) {}

    /** The memory descriptor; null once the process has ended. */
    record MmBody(
            @Schema(description = "The number of its entries in the TLB and the reverse map.")
                    int asid,
            @Schema(description = "Processes that use it; two after a vfork.") int users,
            TableBody table,
            long residentPages,
            long swappedPages,
            String heapStart,
            String heapEnd,
            List<AreaBody> areas) {}

    /** The page table. */
    record TableBody(
            String kind,
            @Schema(description = "Index bits of each level, root first.") List<Integer> levels,
            long bytes) {}

    static DescriptorBody of(Machine machine, int pid) {
        ProcessView view = Pids.view(machine, pid);
        ProcessBody process = ProcessBody.of(view);
        TaskBody task =
                new TaskBody(
                        pid, process.name(), process.parent(), process.state(), process.onSignal());
        return new DescriptorBody(
                task,
                machine.inspect().space(pid).map(space -> mm(machine, view, space)).orElse(null));
    }

    private static MmBody mm(Machine machine, ProcessView view, SpaceView space) {
        Translation translation = machine.spec().translation();
        return new MmBody(
                space.asid(),
                space.users(),
                new TableBody(
                        MachineRequest.word(translation.kind()),
                        translation.levels(),
                        space.pageTableBytes()),
                view.residentPages(),
                view.swappedPages(),
                Address.format(space.heapStart()),
                Address.format(space.heapEnd()),
                machine.inspect().areas(view.pid()).stream()
                        .map(area -> AreaBody.of(area, machine.spec()))
                        .toList());
    }
}

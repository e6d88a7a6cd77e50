package dev.faultline.api.studies;

import dev.faultline.analysis.Multiprogramming;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.processes.RunController;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import java.util.List;

/** The results of all combinations, in the order in which they were listed. */
record MultiprogrammingBody(List<MultiprogrammingPoint> points) {

    /** The results of these runs. */
    static MultiprogrammingBody of(List<Multiprogramming.Row> rows) {
        return new MultiprogrammingBody(rows.stream().map(MultiprogrammingPoint::of).toList());
    }

    /** The result of one combination. */
    record MultiprogrammingPoint(
            int degree,
            int frames,
            long quantum,
            @Schema(description = "Ticks of the disk for a page, as asked for in diskTicks.")
                    long pageTicks,
            long pageSize,
            String loadControl,
            @Schema(description = "The share of the processors' time that they worked.")
                    double utilisation,
            @Schema(description = "The same without switches from one process to another.")
                    double efficiency,
            @Schema(description = "Ticks of the disk at work, as of a run.") long diskTicks,
            @Schema(description = "The share of the time that the disk worked.")
                    double diskUtilisation,
            @Schema(description = "Page faults an access.") double faultRate,
            @Schema(description = "Accesses done in a thousand ticks.") double throughput,
            RunController.PressureBody pressure,
            @Schema(description = "Times that a process was put out of memory.") long putOut,
            long accesses,
            long pageFaults,
            long ticks) {

        static MultiprogrammingPoint of(Multiprogramming.Row row) {
            Outcome.Schedule schedule = row.schedule();
            MachineSpec spec = row.spec();
            double ticks = Math.max(1, schedule.ticks());
            long accesses = row.counters().get(Counter.ACCESSES);
            long faults = row.counters().get(Counter.PAGE_FAULTS);
            return new MultiprogrammingPoint(
                    row.degree(),
                    spec.frames(),
                    spec.quantum(),
                    spec.costs().swapIn(),
                    spec.pageSize(),
                    MachineRequest.word(spec.paging().loadControl().kind()),
                    schedule.utilisation(),
                    schedule.efficiency(),
                    schedule.diskTicks(),
                    schedule.diskTicks() / ticks,
                    accesses == 0 ? 0 : (double) faults / accesses,
                    Multiprogramming.throughput(row),
                    RunController.PressureBody.of(schedule),
                    row.counters().get(Counter.PUT_OUT),
                    accesses,
                    faults,
                    schedule.ticks());
        }
    }
}

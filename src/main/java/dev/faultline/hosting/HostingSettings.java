package dev.faultline.hosting;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.time.Duration;

/**
 * What this server allows, all of it described in docs/settings.md.
 *
 * @param machines machines hosted at once
 * @param totalBytes bytes of heap that all machines together may hold, about; 0 for half the heap
 * @param frames page frames of one machine
 * @param swapSlots slots of one machine's backing store
 * @param tlbEntries entries of one machine's TLB
 * @param processes what a machine's {@code limits.processes} may be
 * @param tableBytes what a machine's {@code limits.tableBytes} may be
 * @param contentBytes what a machine's {@code limits.contentBytes} may be
 * @param events what a machine's {@code limits.events} may be
 * @param areas what a machine's {@code limits.areas} may be
 * @param busyWait how long a change waits for the one before it
 * @param waiting requests that wait for a change before them, of all machines; 0 for one in two MiB
 *     of the heap, from 32 to 2048
 * @param idleTimeout how long after its last change a machine ends that says nothing of it; 0 for
 *     never
 */
@Validated
@ConfigurationProperties("faultline.hosting")
public record HostingSettings(
        @Min(1) @DefaultValue("1000") int machines,
        @Min(0) @DefaultValue("0") long totalBytes,
        @Min(1) @Max(1 << 24) @DefaultValue("1048576") int frames,
        @Min(0) @Max(1 << 28) @DefaultValue("1048576") int swapSlots,
        @Min(1) @Max(1 << 20) @DefaultValue("4096") int tlbEntries,
        @Min(1) @Max(1 << 20) @DefaultValue("100000") int processes,
        @Min(4096) @DefaultValue("268435456") long tableBytes,
        @Min(0) @DefaultValue("268435456") long contentBytes,
        @Min(1) @Max(1 << 20) @DefaultValue("65536") int events,
        @Min(1) @Max(1 << 20) @DefaultValue("65530") int areas,
        @DefaultValue("30s") Duration busyWait,
        @Min(0) @Max(1 << 20) @DefaultValue("0") int waiting,
        @DefaultValue("0s") Duration idleTimeout) {

    /** The requests that may wait with a heap of {@code heapBytes}. */
    int waiting(long heapBytes) {
        return waiting > 0 ? waiting : Math.clamp(heapBytes >> 21, 32, 2048);
    }

    /** The bounds that a spec is checked against. */
    public SpecValues bounds() {
        return SpecValues.of(MachineSpec.FRAMES, frames)
                .with(SwapSpec.SLOTS, swapSlots)
                .with(TlbSpec.ENTRIES, tlbEntries)
                .with(Limits.PROCESSES, processes)
                .with(Limits.TABLE_BYTES, tableBytes)
                .with(Limits.CONTENT_BYTES, contentBytes)
                .with(Limits.EVENTS, events)
                .with(Limits.AREAS, areas);
    }
}

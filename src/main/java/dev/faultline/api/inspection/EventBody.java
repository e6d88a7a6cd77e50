package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.SignalBody;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

/** An event on the wire; what does not apply to its type is null. */
record EventBody(
        long seq,
        long tick,
        @Schema(
                        allowableValues = {
                            "create",
                            "fork",
                            "exit",
                            "swap-out",
                            "swap-in",
                            "fault",
                            "unmap",
                            "eviction",
                            "signal",
                            "map-area",
                            "unmap-area",
                            "protect",
                            "advise",
                            "brk",
                            "exec",
                            "handler-failed",
                            "sync",
                            "lock",
                            "remap",
                            "move",
                            "pin",
                            "unpin",
                            "clean",
                            "prefetch",
                            "oom-kill"
                        })
                String type,
        int pid,
        @Nullable String op,
        @Nullable String address,
        @Nullable Long page,
        @Schema(description = "For a fault: page or protection.") @Nullable String fault,
        @Nullable String resolution,
        @Nullable Boolean major,
        @Nullable Integer frame,
        @Schema(description = "The slot that holds the evicted page.") @Nullable Integer slot,
        @Nullable Boolean dirty,
        @Nullable Boolean writtenBack,
        @Schema(description = "For an eviction: how many pages mapped the frame.")
                @Nullable Integer mappings,
        @Schema(description = "For a fork: the child's pid.") @Nullable Integer child,
        @Schema(description = "For an oom-kill: the pid of the process that needed a frame.")
                @Nullable Integer asking,
        @Schema(description = "Bytes that were mapped, unmapped, protected, or the heap grew by.")
                @Nullable Long length,
        @Nullable SignalBody signal,
        @Schema(
                        description =
                                "For an eviction of an access that was answered with a result: how"
                                        + " the victim was chosen, as long as that is kept.")
                Fault.@Nullable Choice choice) {

    static EventBody of(Event event, MachineSpec spec) {
        Long address = event.address();
        boolean fork = event.kind() == Event.Kind.FORK;
        boolean kill = event.kind() == Event.Kind.OOM_KILL;
        boolean eviction = event.kind() == Event.Kind.EVICTION;
        return new EventBody(
                event.seq(),
                event.tick(),
                event.kind().word(),
                event.pid(),
                event.op() == null ? null : Op.name(event.op()),
                address == null ? null : Address.format(address),
                address == null ? null : Long.valueOf(address >>> spec.offsetBits()),
                event.fault() == null ? null : event.fault().word(),
                event.resolution() == null ? null : event.resolution().word(),
                event.major(),
                event.frame(),
                event.slot(),
                event.dirty(),
                event.writtenBack(),
                eviction ? event.other() : null,
                fork ? event.other() : null,
                kill ? event.other() : null,
                event.length(),
                event.signal() == null
                        ? null
                        : SignalBody.of(
                                new Signal(
                                        event.signal(),
                                        address == null ? Signal.NO_ADDRESS : address)),
                event.choice());
    }
}

package dev.faultline.api.keys;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Operations;
import dev.faultline.hosting.TraceStore;
import dev.faultline.keys.SecuritySettings;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.Locale;

/** Tells a caller who it is. */
@RestController
@Tag(name = "Keys")
class MeController {

    /** Who asks, and what its owner holds. */
    record MeBody(
            String tenant,
            @Nullable String student,
            String role,
            @Schema(
                            description =
                                    "Whether the service has no keys, so that everybody may do"
                                            + " everything.")
                    boolean open,
            UsedBody used) {}

    /** What an owner holds. */
    record UsedBody(
            @Schema(description = "Machines.") long machines,
            @Schema(description = "Bytes of the stored traces, each of which counts whole.")
                    long storedBytes,
            @Schema(description = "Operations that run.") long operations) {}

    private final SecuritySettings settings;
    private final MachineHost host;
    private final TraceStore traces;
    private final Operations operations;

    MeController(
            SecuritySettings settings, MachineHost host, TraceStore traces, Operations operations) {
        this.settings = settings;
        this.host = host;
        this.traces = traces;
        this.operations = operations;
    }

    @GetMapping(path = "/v1/me", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "showMe",
            summary = "Show whom the key of the request stands for",
            description =
                    "Shows in whose name the request comes, with which role, and what its owner"
                            + " holds. A service without keys is open, and everybody is `local`.")
    MeBody me(Caller caller) {
        Owner owner = caller.owner();
        return new MeBody(
                owner.tenant(),
                owner.student(),
                caller.role().name().toLowerCase(Locale.ROOT),
                !settings.areKeysOn(),
                new UsedBody(
                        host.list(caller, null)
                                .map(HostedMachine::owner)
                                .filter(owner::equals)
                                .count(),
                        traces.bytesOf(owner),
                        operations.running(owner)));
    }
}

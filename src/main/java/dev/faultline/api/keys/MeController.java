package dev.faultline.api.keys;

import dev.faultline.api.web.Streams;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.Operations;
import dev.faultline.hosting.TraceStore;
import dev.faultline.keys.SecuritySettings;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

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
            @Schema(description = "What its owner may have and do; null for what has no limit.")
                    QuotasBody limits,
            @Schema(
                            description =
                                    "What of that is used; null for a rate that is not counted,"
                                            + " since it has no limit.")
                    QuotasBody used) {}

    private final SecuritySettings settings;
    private final Quotas quotas;
    private final MachineHost host;
    private final TraceStore traces;
    private final Operations operations;
    private final Streams streams;

    MeController(
            SecuritySettings settings,
            Quotas quotas,
            MachineHost host,
            TraceStore traces,
            Operations operations,
            Streams streams) {
        this.quotas = quotas;
        this.streams = streams;
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
                QuotasBody.of(quotas.limitsOf(owner)),
                QuotasBody.of(quota -> used(owner, quota)));
    }

    private @Nullable Long used(Owner owner, Quota quota) {
        return switch (quota) {
            case MACHINES -> (long) host.machinesOf(owner);
            case MACHINE_BYTES -> host.bytesOf(owner);
            case STORED_BYTES -> traces.bytesOf(owner);
            case OPERATIONS -> operations.running(owner);
            case STREAMS -> (long) streams.openedBy(owner);
            case REQUESTS_PER_MINUTE, ACCESSES_PER_MINUTE, GRADINGS_PER_HOUR -> {
                Quotas.Turn turn = quotas.look(owner, quota);
                yield turn == null ? null : Long.valueOf(turn.used());
            }
        };
    }
}

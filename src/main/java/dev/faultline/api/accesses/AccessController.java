package dev.faultline.api.accesses;

import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Prefer;
import dev.faultline.api.web.StoppedBody;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import java.io.InputStream;
import java.util.List;

/** Accesses with explanations: one, or a batch. */
@RestController
@Tag(name = "Accesses")
class AccessController {

    /** The explanations of a batch, and how the machine's counters changed. */
    record BatchBody(
            List<AccessBody> results,
            Counters counters,
            @Nullable StoppedBody stopped,
            long version) {}

    /** What an explained access takes until the answer is sent. */
    private static final long BYTES_OF_ANSWER = 1500;

    private final MachineHost host;
    private final ApiSettings settings;

    AccessController(MachineHost host, ApiSettings settings) {
        this.host = host;
        this.settings = settings;
    }

    @PostMapping(
            path = "/v1/machines/{machine}/processes/{pid}/accesses",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "access",
            summary = "Issue accesses and explain each",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(
                                                            implementation =
                                                                    AccessBatch.Shape.class))))
    BatchBody access(
            @PathVariable String machine,
            @PathVariable String pid,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Parameter(description = "return=minimal leaves results empty.")
                    @RequestHeader(name = Prefer.HEADER, required = false)
                    @Nullable String prefer,
            @Parameter(hidden = true) InputStream body,
            HttpServletResponse response) {
        return issue(machine, Pids.parse(pid), ifMatch, prefer, body, response);
    }

    @PostMapping(
            path = "/v1/machines/{machine}/kernel/accesses",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "accessFromKernel",
            summary = "Issue accesses to the frames that the kernel has mapped for itself",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(
                                                            implementation =
                                                                    AccessBatch.Shape.class))))
    BatchBody accessFromKernel(
            @PathVariable String machine,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Parameter(description = "return=minimal leaves results empty.")
                    @RequestHeader(name = Prefer.HEADER, required = false)
                    @Nullable String prefer,
            @Parameter(hidden = true) InputStream body,
            HttpServletResponse response) {
        return issue(machine, Command.KERNEL, ifMatch, prefer, body, response);
    }

    private BatchBody issue(
            String machine,
            int pid,
            @Nullable String ifMatch,
            @Nullable String prefer,
            InputStream body,
            HttpServletResponse response) {
        boolean minimal = Prefer.isMinimal(prefer);
        HostedMachine hosted = host.find(machine);
        AccessBatch batch = AccessBatch.read(body, hosted.spec(), settings.batchAccesses());
        try (HostedMachine.Change change = hosted.change(Versions.wanted(ifMatch))) {
            change.hold(minimal ? 0 : BYTES_OF_ANSWER * batch.block().count());
            Outcome outcome = change.apply(new Command.Access(pid, batch.block(), !minimal));
            if (!(outcome instanceof Outcome.Accessed accessed)) {
                throw Pids.impossible(outcome);
            }
            Outcome.Stop stop = accessed.stopped();
            if (minimal) {
                response.setHeader(Prefer.APPLIED, Prefer.MINIMAL);
            }
            response.setHeader(HttpHeaders.ETAG, Versions.etag(change.version()));
            return new BatchBody(
                    batch.bodies(accessed.results(), hosted.spec()),
                    change.counted(),
                    stop == null ? null : new StoppedBody(batch.accessOf(stop.at()), "signal"),
                    change.version());
        }
    }
}

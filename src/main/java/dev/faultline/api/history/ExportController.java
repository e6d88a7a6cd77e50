package dev.faultline.api.history;

import dev.faultline.api.machines.KeepingFields;
import dev.faultline.api.machines.SpecBody;
import dev.faultline.api.web.PresentOnly;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.history.Packing;
import dev.faultline.history.Replay;
import dev.faultline.history.WholeHistory;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Reservation;
import dev.faultline.machine.Machine;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.Map;

/** A machine as a file, with all that happened to it. */
@RestController
@Tag(name = "History")
class ExportController {

    /**
     * What there is to write.
     *
     * @param whole what is kept of the machine's past
     * @param digest of the present version, or null if the machine is at no version
     * @param state the machine at its present version, if that alone is known
     */
    private record Present(
            WholeHistory whole, @Nullable String digest, HostedMachine.@Nullable Copy state)
            implements AutoCloseable {
        @Override
        public void close() {
            if (state != null) {
                state.close();
            }
        }
    }

    private final JsonMapper mapper;

    ExportController(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @PresentOnly
    @GetMapping(path = "/v1/machines/{machine}/export", produces = ExportLine.MEDIA_TYPE)
    @Operation(
            operationId = "exportMachine",
            summary = "Write a machine and its history to a file",
            description =
                    "Returns the machine as lines of JSON: its spec, a line for each version with"
                            + " what happened, and its digest. `createMachine` with this media type"
                            + " makes the machine again. What the history no longer has is replaced"
                            + " by the state that it led to.")
    @ApiResponse(
            responseCode = "200",
            description = "The lines.",
            content =
                    @Content(mediaType = ExportLine.MEDIA_TYPE, schema = @Schema(type = "string")))
    void export(Subject subject, WebRequest request, HttpServletResponse response)
            throws IOException {
        HostedMachine hosted = subject.machine();
        try (Present present = present(hosted);
                Reservation memory = hosted.reserve()) {
            String digest = present.digest != null ? present.digest : digest(hosted, present.whole);
            if (request.checkNotModified(Versions.etag(present.whole.present()))) {
                return;
            }
            response.setContentType(ExportLine.MEDIA_TYPE);
            write(
                    hosted,
                    present,
                    digest,
                    memory,
                    new ExportWriter(new BufferedOutputStream(response.getOutputStream()), mapper));
        }
    }

    /** All of one moment, whatever changes the machine meanwhile. */
    private static Present present(HostedMachine hosted) {
        return hosted.describe(
                        (machine, version, digest, quarantine) -> {
                            WholeHistory whole = hosted.history().whole();
                            boolean isThere = version != null && version == whole.present();
                            return new Present(
                                    whole,
                                    isThere ? digest : null,
                                    isThere && whole.checkpoints().isEmpty()
                                            ? hosted.copy(null).value()
                                            : null);
                        })
                .value();
    }

    private static String digest(HostedMachine hosted, WholeHistory whole) {
        Replay toPresent = whole.toPresent();
        if (toPresent == null) { // a change under way has overwritten all that is known
            throw hosted.busy();
        }
        return hosted.read(toPresent, Machine::digest);
    }

    private void write(
            HostedMachine hosted,
            Present present,
            String digest,
            Reservation memory,
            ExportWriter writer)
            throws IOException {
        WholeHistory whole = present.whole;
        Machine first =
                present.state != null
                        ? present.state.machine()
                        : whole.beginsAsMade()
                                ? null
                                : whole.checkpoints().machine(whole.oldest(), memory);
        writer.write(
                new ExportLine.Head(
                        ExportLine.FORM,
                        Machine.ENGINE,
                        packing(),
                        hosted.preset() == null ? null : hosted.preset().name(),
                        mapper.valueToTree(spec(hosted)),
                        whole.oldest(),
                        null),
                first);
        writer.write(whole, version -> whole.checkpoints().machine(version, memory));
        writer.write(new ExportLine.End(whole.present(), digest));
    }

    /** What makes the machine again. How durable it is, is up to the server that does. */
    private static Map<String, @Nullable Object> spec(HostedMachine hosted) {
        Map<String, @Nullable Object> spec =
                SpecBody.of(MachineSpec.SECTION, hosted.spec().values());
        spec.putAll(KeepingFields.asked(hosted.keeping()));
        return spec;
    }

    /** How this server packs bytes. */
    static String packing() {
        return Packing.isAvailable() ? "zstd" : "none";
    }
}

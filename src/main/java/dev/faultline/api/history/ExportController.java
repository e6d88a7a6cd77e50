package dev.faultline.api.history;

import dev.faultline.api.machines.SpecBody;
import dev.faultline.api.web.PresentOnly;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.history.History;
import dev.faultline.history.HistoryRecord;
import dev.faultline.history.PackedSteps;
import dev.faultline.history.Packing;
import dev.faultline.history.RecordReader;
import dev.faultline.history.Step;
import dev.faultline.hosting.HostedMachine;
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
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** A machine as a file, with all that happened to it. */
@RestController
@Tag(name = "History")
class ExportController {

    /** What is read of the last version; its state where it is the oldest one too. */
    private record Present(String digest, ExportLine.@Nullable State state) {}

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
        History.Kept kept = hosted.history().kept(0);
        long oldest = kept.oldest();
        long last = kept.present();
        Present present =
                hosted.describeAt(
                                last,
                                (machine, version, digest, quarantine) ->
                                        new Present(
                                                digest,
                                                kept.toOldest() == null ? state(machine) : null))
                        .value();
        ExportLine.State state =
                kept.toOldest() == null
                        ? present.state
                        : kept.beginsAsMade() ? null : hosted.read(kept.toOldest(), this::state);
        if (request.checkNotModified(Versions.etag(last))) {
            return;
        }
        response.setContentType(ExportLine.MEDIA_TYPE);
        Lines lines = new Lines(new BufferedOutputStream(response.getOutputStream()));
        lines.write(
                new ExportLine.Head(
                        ExportLine.FORM,
                        Machine.ENGINE,
                        packing(),
                        hosted.preset() == null ? null : hosted.preset().name(),
                        mapper.valueToTree(
                                SpecBody.of(MachineSpec.SECTION, hosted.spec().values())),
                        oldest,
                        state));
        while (kept.records().hasNext()) {
            lines.write(line(hosted, oldest, kept.records()));
        }
        lines.write(new ExportLine.End(last, present.digest));
        lines.out.flush();
    }

    /** How this server packs bytes. */
    static String packing() {
        return Packing.isAvailable() ? "zstd" : "none";
    }

    private ExportLine.Version line(HostedMachine hosted, long oldest, RecordReader records) {
        List<Step> steps = new ArrayList<>();
        List<CommandBody> commands = new ArrayList<>();
        HistoryRecord made =
                records.next(
                        step -> {
                            steps.add(step);
                            CommandBody.add(commands, step);
                        });
        RecordBody body = RecordBody.of(made, commands);
        boolean leadsFurtherBack =
                steps.stream()
                        .anyMatch(step -> step instanceof Step.Rewound to && to.to() < oldest);
        ExportLine.State state =
                leadsFurtherBack ? hosted.readAt(made.version(), this::state).value() : null;
        return new ExportLine.Version(
                body.version(),
                body.request(),
                mapper.valueToTree(body.commands()),
                body.events(),
                body.ticks(),
                PackedSteps.of(steps),
                state);
    }

    private ExportLine.State state(Machine machine) {
        return new ExportLine.State(
                PackedSteps.pack(machine::saveAll),
                PackedSteps.ofPrograms(List.copyOf(machine.programs().values())));
    }

    /** Writes lines to a stream. */
    private final class Lines {

        private final CheckedLines lines = new CheckedLines();
        private final OutputStream out;

        Lines(OutputStream out) {
            this.out = out;
        }

        void write(ExportLine line) throws IOException {
            lines.write(mapper.writeValueAsBytes(line), out);
        }
    }
}

package dev.faultline.api.history;

import dev.faultline.api.machines.MachineBody;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.TraceStore;
import dev.faultline.owners.Caller;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.io.InputStream;
import java.net.URI;

/** A machine made of the file that it was written to. */
@RestController
@Tag(name = "Machines")
class ImportController {

    private final MachineHost host;
    private final TraceStore traces;
    private final HostingSettings hosting;
    private final HistorySettings history;
    private final JsonMapper mapper;

    ImportController(
            MachineHost host,
            TraceStore traces,
            HostingSettings hosting,
            HistorySettings history,
            JsonMapper mapper) {
        this.host = host;
        this.traces = traces;
        this.hosting = hosting;
        this.history = history;
        this.mapper = mapper;
    }

    @PostMapping(
            path = "/v1/machines",
            consumes = ExportLine.MEDIA_TYPE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            operationId = "importMachine",
            summary = "Make a machine of an export",
            requestBody =
                    @RequestBody(
                            content =
                                    @Content(
                                            mediaType = ExportLine.MEDIA_TYPE,
                                            schema = @Schema(type = "string"))))
    ResponseEntity<MachineBody> make(
            Caller caller,
            @Parameter(
                            description =
                                    "For an export: the id of the machine; made by the server if"
                                            + " left out.")
                    @RequestParam(required = false)
                    @Pattern(
                            regexp = MachineRequest.ID,
                            message = "must match " + MachineRequest.ID)
                    @Nullable String id,
            @Parameter(hidden = true) InputStream body) {
        ImportReader reader =
                new ImportReader(caller, body, history, hosting.bounds(), traces, host, mapper);
        HostedMachine hosted = reader.make(id);
        return Versions.tagged(
                ResponseEntity.created(URI.create("/v1/machines/" + hosted.id())),
                MachineBody.of(hosted));
    }
}

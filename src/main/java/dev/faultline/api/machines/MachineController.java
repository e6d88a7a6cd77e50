package dev.faultline.api.machines;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostingException;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.NewMachine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.presets.Presets;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Caller.Named;
import dev.faultline.owners.Owner;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Machines and presets. */
@RestController
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Machines")
public class MachineController {

    /** The most machines or processes in one part of a list. */
    public static final int MAX_LIST = 1000;

    /** What clone takes. */
    record CloneRequest(
            @Pattern(regexp = MachineRequest.ID, message = "must match " + MachineRequest.ID)
                    @Nullable String id,
            @Min(1) @Nullable Long at) {}

    /** Some machines. */
    record MachineList(List<MachineBody> machines, @Nullable String nextCursor) {}

    /** A preset. */
    record PresetBody(String name, String shows) {}

    /** All presets. */
    record PresetList(List<PresetBody> presets, @Nullable String nextCursor) {}

    /** A label's name and its value. */
    private static final String LABEL = "^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}:.{0,255}$";

    /** Stands between the parts of a cursor; no name and no id has it. */
    private static final String SEPARATOR = "/";

    private final MachineHost host;
    private final HostingSettings settings;

    MachineController(MachineHost host, HostingSettings settings) {
        this.host = host;
        this.settings = settings;
    }

    @PostMapping(path = "/machines", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            operationId = "createMachine",
            summary = "Make a machine",
            description =
                    "Makes a simulated computer. Every field is optional; `{}` "
                            + "makes a small machine with 64 frames of 4 KiB, a TLB of 16 "
                            + "entries and Clock replacement. A `preset` fills in what is "
                            + "left out. The answer shows the whole effective spec.")
    ResponseEntity<MachineBody> create(
            Caller caller, @RequestBody(required = false) @Valid @Nullable MachineRequest body) {
        MachineRequest request = body == null ? MachineRequest.EMPTY : body;
        Preset preset = request.preset() == null ? null : preset(request.preset());
        MachineSpec spec = MachineSpec.of(request.over(preset), settings.bounds());
        return created(
                host.create(
                        caller.owner(),
                        new NewMachine(
                                request.id(),
                                spec,
                                preset,
                                request.keeping().keeping(settings.idleTimeout()))));
    }

    private static Preset preset(String name) {
        return Presets.byName(name)
                .orElseThrow(
                        () ->
                                ApiException.badField(
                                        "/preset",
                                        "no preset '"
                                                + name
                                                + "'; known: "
                                                + Presets.all().stream()
                                                        .map(Preset::name)
                                                        .collect(Collectors.joining(", "))));
    }

    private static ResponseEntity<MachineBody> created(HostedMachine hosted) {
        return Versions.tagged(
                ResponseEntity.created(URI.create("/v1/machines/" + hosted.id())),
                MachineBody.of(hosted));
    }

    @GetMapping("/machines")
    @Operation(
            operationId = "listMachines",
            summary = "List machines by owner and id",
            description =
                    "Lists the machines that the caller sees, in order of owner, then id, each with"
                            + " its effective spec and counters.")
    MachineList list(
            Caller caller,
            @RequestParam(required = false)
                    @Pattern(regexp = Caller.NAMES, message = "must match " + Caller.NAMES)
                    @Nullable String owner,
            @Parameter(description = "Those with this label and value alone, as in `week:3`.")
                    @RequestParam(required = false)
                    @Pattern(regexp = LABEL, message = "must match " + LABEL)
                    @Nullable String label,
            @Parameter(description = "Those whose ids begin so alone.")
                    @RequestParam(required = false)
                    @Nullable String prefix,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Named after = cursor == null ? null : after(Lists.after(cursor, ""));
        List<HostedMachine> found =
                caller.narrowedTo(owner).stream()
                        .flatMap(among -> host.list(among, after))
                        .filter(hosted -> prefix == null || hosted.id().startsWith(prefix))
                        .filter(hosted -> label == null || has(hosted, label))
                        .limit(limit + 1L)
                        .toList();
        List<MachineBody> shown =
                Lists.part(found, limit).stream()
                        .flatMap(MachineController::bodyIfPresent)
                        .toList();
        return new MachineList(shown, Lists.next(found, limit, MachineController::cursor));
    }

    private static boolean has(HostedMachine hosted, String label) {
        int colon = label.indexOf(':');
        String value = hosted.keeping().labels().get(label.substring(0, colon));
        return label.substring(colon + 1).equals(value);
    }

    private static String cursor(HostedMachine last) {
        String student = last.owner().student();
        return String.join(
                SEPARATOR, last.owner().tenant(), student == null ? "" : student, last.id());
    }

    private static Named after(String cursor) {
        String[] parts = cursor.split(SEPARATOR, -1);
        try {
            return new Named(new Owner(parts[0], parts[1].isEmpty() ? null : parts[1]), parts[2]);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw Lists.badCursor();
        }
    }

    /** A machine may be deleted while the list is made. */
    private static Stream<MachineBody> bodyIfPresent(HostedMachine hosted) {
        try {
            return Stream.of(MachineBody.of(hosted).value());
        } catch (HostingException e) {
            return Stream.empty();
        }
    }

    @GetMapping("/machines/{machine}")
    @Operation(
            operationId = "getMachine",
            summary = "Show a machine",
            description =
                    "Shows the machine's effective spec, its version, the digest of "
                            + "its state, and its counters. Two machines with the same digest "
                            + "are in the same state and have the same history of events.")
    ResponseEntity<MachineBody> get(Subject subject) {
        return Versions.ok(MachineBody.at(subject.machine(), subject.at()));
    }

    @DeleteMapping("/machines/{machine}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "deleteMachine",
            summary = "Delete a machine",
            description =
                    "Deletes the machine. A run or a trace that is under way on it "
                            + "ends. What it counted stays in the totals of "
                            + "`/actuator/prometheus`.")
    void delete(Mutation mutation) {
        host.delete(mutation.machine(), mutation.versionWanted());
    }

    @PostMapping(path = "/machines/{machine}/reset", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "resetMachine",
            summary = "Put a machine back to where it was when it was made",
            description =
                    "Puts the machine back to the state in which it was made: no "
                            + "processes unless its preset has some, counters at 0. Its "
                            + "digest is then that of a fresh machine. Event numbers go on.")
    ResponseEntity<MachineBody> reset(
            Mutation mutation, @RequestBody(required = false) @Nullable NoFields body) {
        HostedMachine hosted = mutation.machine();
        try (Change change =
                hosted.endingChange(
                        mutation.caller().owner(), mutation.versionWanted(), mutation.request())) {
            change.reset();
            return Versions.changed(HttpStatus.OK, change).body(MachineBody.of(hosted, change));
        }
    }

    @PostMapping(path = "/machines/{machine}/clone", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            operationId = "cloneMachine",
            summary = "Make an independent machine in the same state, for a what-if",
            description =
                    "Makes a new machine in the same state, with the same counters, "
                            + "events and choices to come. From then on the two are "
                            + "independent, so that you can try one thing on each.")
    ResponseEntity<MachineBody> copy(
            Mutation mutation, @RequestBody(required = false) @Valid @Nullable CloneRequest body) {
        CloneRequest request = body == null ? new CloneRequest(null, null) : body;
        return mutation.change(
                still ->
                        created(
                                host.copy(
                                        mutation.caller().owner(),
                                        mutation.machine(),
                                        request.id(),
                                        request.at())));
    }

    @GetMapping("/presets")
    @Operation(
            operationId = "listPresets",
            summary = "List the presets and what each shows",
            description =
                    "Lists prepared machines, with what each shows. Give a preset's "
                            + "name as `preset` when you make a machine.")
    PresetList presets(
            @RequestParam(defaultValue = "100") @Min(1) @Max(MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        List<Preset> all = Presets.all();
        int start = (int) Math.min(Lists.after(cursor, 0), all.size());
        int stop = Math.min(all.size(), start + limit);
        return new PresetList(
                all.subList(start, stop).stream()
                        .map(preset -> new PresetBody(preset.name(), preset.shows()))
                        .toList(),
                stop < all.size() ? Lists.cursor(stop) : null);
    }
}

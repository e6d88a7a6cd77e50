package dev.faultline.api.memory;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Versions;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.function.LongFunction;

/** The system calls about the pages of areas: madvise, msync, mlock, mincore and "dirty". */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/processes/{pid}/areas/{start}",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Areas")
class PageController {

    /** How pages will be used. */
    record AdviceRequest(
            @Schema(
                            allowableValues = {
                                "dontneed",
                                "free",
                                "willneed",
                                "sequential",
                                "random",
                                "normal",
                                "hugepage",
                                "nohugepage"
                            },
                            description =
                                    "dontneed gives the pages up now; free lets them be dropped"
                                            + " instead of written out; willneed brings them in;"
                                            + " sequential reads ahead; hugepage lets pages that"
                                            + " come be huge.")
                    @NotNull(message = "is required")
                    String advice,
            @Schema(description = "Bytes; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length) {}

    /** How much of the area is meant. */
    record PartRequest(
            @Schema(description = "Bytes; to the end of the area if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length) {

        static final PartRequest ALL = new PartRequest(null);
    }

    /** Pages that were written to. */
    record DirtyBody(List<Long> pages) {}

    /** Which pages are in memory, from the one at the address on. */
    record ResidencyBody(String address, List<Boolean> resident) {}

    private final MachineHost host;

    PageController(MachineHost host) {
        this.host = host;
    }

    @PostMapping(path = "/advise", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "adviseArea",
            summary = "Say how an area, or a part, will be used (madvise)")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> advise(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody @Valid AdviceRequest body) {
        Command.Advice advice =
                MachineRequest.word("/advice", body.advice(), Command.Advice.values());
        int number = Pids.parse(pid);
        long address = Areas.address(start, host.find(machine).spec());
        return call(
                machine,
                number,
                address,
                body.length(),
                ifMatch,
                length -> new Command.Advise(number, address, length, advice));
    }

    @PostMapping(path = "/sync", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "syncArea",
            summary = "Write the dirty pages of a shared file mapping back (msync)")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> sync(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        int number = Pids.parse(pid);
        long address = Areas.address(start, host.find(machine).spec());
        return call(
                machine,
                number,
                address,
                part(body).length(),
                ifMatch,
                length -> new Command.Sync(number, address, length));
    }

    @PostMapping(path = "/lock", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "lockArea",
            summary = "Bring an area, or a part, in and keep it in memory (mlock)")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> lock(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        return lock(machine, pid, start, ifMatch, part(body), true);
    }

    @PostMapping(path = "/unlock", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "unlockArea",
            summary = "Let an area, or a part, leave memory again (munlock)")
    @ApiResponse(
            responseCode = "200",
            description = "The area that holds the address, or why nothing changed.",
            content = @Content(schema = @Schema(anyOf = {AreaBody.class, RefusalBody.class})))
    ResponseEntity<?> unlock(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        return lock(machine, pid, start, ifMatch, part(body), false);
    }

    private ResponseEntity<?> lock(
            String machine,
            String pid,
            String start,
            @Nullable String ifMatch,
            PartRequest part,
            boolean locked) {
        int number = Pids.parse(pid);
        long address = Areas.address(start, host.find(machine).spec());
        return call(
                machine,
                number,
                address,
                part.length(),
                ifMatch,
                length -> new Command.Lock(number, address, length, locked));
    }

    @PostMapping(path = "/dirty", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "takeDirtyPages",
            summary = "List the pages written to since this was last asked")
    @ApiResponse(
            responseCode = "200",
            description = "The pages, or why there are none to tell of.",
            content = @Content(schema = @Schema(anyOf = {DirtyBody.class, RefusalBody.class})))
    ResponseEntity<?> dirty(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestBody(required = false) @Valid @Nullable PartRequest body) {
        HostedMachine hosted = host.find(machine);
        int number = Pids.parse(pid);
        long address = Areas.address(start, hosted.spec());
        try (HostedMachine.Change change = hosted.change(Versions.wanted(ifMatch))) {
            long length = Areas.length(change, number, address, part(body).length(), "/length");
            Outcome outcome = change.apply(new Command.Dirty(number, address, length));
            if (outcome instanceof Outcome.Refused refused) {
                return RefusalBody.answer(refused, change);
            }
            if (!(outcome instanceof Outcome.Pages(List<Long> pages))) {
                throw Pids.impossible(outcome);
            }
            return Versions.changed(HttpStatus.OK, change).body(new DirtyBody(pages));
        }
    }

    @GetMapping("/mincore")
    @Operation(
            operationId = "showResidency",
            summary = "Show which pages of an area, or a part, are in memory (mincore)")
    ResponseEntity<ResidencyBody> residency(
            @PathVariable String machine,
            @PathVariable String pid,
            @PathVariable String start,
            @RequestParam(defaultValue = "10000") @Min(1) @Max(Lists.MAX_ROWS) int limit) {
        HostedMachine hosted = host.find(machine);
        int number = Pids.parse(pid);
        long address = Areas.address(start, hosted.spec());
        return Versions.ok(
                hosted.read(
                        m -> {
                            Pids.view(m, number);
                            List<Boolean> resident = m.inspect().residency(number, address, limit);
                            if (resident.isEmpty()) {
                                Areas.find(m, number, address);
                            }
                            return new ResidencyBody(Address.format(address), resident);
                        }));
    }

    private static PartRequest part(@Nullable PartRequest body) {
        return body == null ? PartRequest.ALL : body;
    }

    private ResponseEntity<?> call(
            String machine,
            int pid,
            long address,
            @Nullable Long wish,
            @Nullable String ifMatch,
            LongFunction<Command> command) {
        HostedMachine hosted = host.find(machine);
        try (HostedMachine.Change change = hosted.change(Versions.wanted(ifMatch))) {
            long length = Areas.length(change, pid, address, wish, "/length");
            return RefusalBody.orElse(
                    change,
                    command.apply(length),
                    m -> AreaBody.of(Areas.find(m, pid, address), m.spec()));
        }
    }
}

package dev.faultline.api.processes;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.GroupView;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** Groups of processes with a memory of their own to live in. */
@RestController
@RequestMapping(path = "/v1/machines/{machine}", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Kernel")
class GroupController {

    /** How much memory a group has. */
    record GroupRequest(
            @Schema(description = "Frames that its processes may have together.")
                    @NotNull(message = "is required")
                    @Min(value = 1, message = "must be at least 1")
                    Integer limit,
            @Schema(description = "Frames that nobody else takes from them; 0 if left out.")
                    @Min(value = 0, message = "must be at least 0")
                    @Nullable Integer protectedFrames) {}

    /** A process's group. */
    record MembershipRequest(@NotNull(message = "is required") String group) {}

    /** A group. */
    record GroupBody(
            String name,
            int limit,
            int protectedFrames,
            @Schema(description = "Frames that are charged to it.") int frames,
            @Schema(description = "Times that its limit made it give up a page of its own.")
                    long limitHits,
            @Schema(description = "Its processes, ended ones too.") List<Integer> pids,
            Counters counters) {

        static GroupBody of(GroupView view) {
            return new GroupBody(
                    view.name(),
                    view.limit(),
                    view.protectedFrames(),
                    view.frames(),
                    view.limitHits(),
                    view.pids(),
                    view.counters());
        }
    }

    /** Some groups, in the order in which they were made. */
    record GroupsBody(List<GroupBody> groups, @Nullable String nextCursor) {}

    @PutMapping(path = "/groups/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "putGroup",
            summary = "Make a control group, or change its bounds",
            description =
                    "Makes a control group, or changes its bounds: the most frames "
                            + "that its processes may have, and the frames that others may "
                            + "not take from it.")
    @ApiResponse(
            responseCode = "200",
            description = "The group, or why there can be none.",
            content = @Content(schema = @Schema(anyOf = {GroupBody.class, RefusalBody.class})))
    ResponseEntity<?> put(
            Mutation mutation,
            @PathVariable
                    @Pattern(
                            regexp = MachineRequest.ID,
                            message = "must match " + MachineRequest.ID)
                    String name,
            @RequestBody @Valid GroupRequest body) {
        Integer wanted = body.protectedFrames();
        int guarded = wanted == null ? 0 : wanted;
        if (guarded > body.limit()) {
            throw ApiException.badField("/protectedFrames", "must be at most the limit");
        }
        return mutation.apply(
                new Command.PutGroup(name, body.limit(), guarded),
                m -> GroupBody.of(m.inspect().group(name).orElseThrow()));
    }

    @GetMapping("/groups")
    @Operation(
            operationId = "listGroups",
            summary = "List the control groups",
            description = "Lists the control groups in order of name.")
    ResponseEntity<GroupsBody> list(
            Subject subject,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long start = Lists.after(cursor, 0);
        return subject.show(m -> part(m.inspect().groups(), start, limit));
    }

    private static GroupsBody part(List<GroupView> all, long start, int limit) {
        int from = (int) Math.min(start, all.size());
        int to = Math.min(all.size(), from + limit);
        return new GroupsBody(
                all.subList(from, to).stream().map(GroupBody::of).toList(),
                to < all.size() ? Lists.cursor(to) : null);
    }

    @PutMapping(path = "/processes/{pid}/group", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "joinGroup",
            summary = "Put a process into a control group; its frames stay charged where they were",
            description =
                    "Moves a process into a control group, which `putGroup` makes. Frames "
                            + "that it has already stay charged to the group that they were "
                            + "charged to.")
    @ApiResponse(
            responseCode = "200",
            description = "The process, or that there is no such group.",
            content = @Content(schema = @Schema(anyOf = {ProcessBody.class, RefusalBody.class})))
    ResponseEntity<?> join(Mutation mutation, @RequestBody @Valid MembershipRequest body) {
        int number = mutation.pid();
        return mutation.apply(
                new Command.JoinGroup(number, body.group()),
                m -> ProcessBody.of(Pids.view(m, number)));
    }
}

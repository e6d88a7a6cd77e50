package dev.faultline.api.inspection;

import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.QueueView;
import dev.faultline.machine.protocol.RememberedView;
import dev.faultline.machine.protocol.ReplacementView;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;

/** What the replacement policy remembers. */
@RestController
@Tag(name = "Looking inside")
class ReplacementController {

    /** The policy's live state. */
    record ReplacementStateBody(
            String policy,
            String dialect,
            @Schema(description = "Who leaves, in words.") String rule,
            @Schema(description = "The frame that the hand points to; null without a hand.")
                    @Nullable Integer hand,
            @Schema(
                            description =
                                    "Frames in the order in which they are looked at, if the policy"
                                            + " keeps one; at most as many as the limit.")
                    List<Integer> order,
            @Schema(
                            description =
                                    "The lists that the policy keeps, oldest first, each with at"
                                            + " most as many entries as the limit: pages in frames,"
                                            + " and pages that have left and are remembered.")
                    List<QueueView> queues,
            @Schema(
                            description =
                                    "The used frames; remembered is an age, a count, a time, or"
                                            + " null, by policy.")
                    List<RememberedView> frames,
            @Nullable String nextCursor) {}

    @GetMapping(
            path = "/v1/machines/{machine}/replacement",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "showReplacement",
            summary = "Show what the replacement policy remembers, and whom it would look at",
            description =
                    "Shows what the replacement policy remembers of each frame, its "
                            + "lists and ghosts, and in which order it would look for a "
                            + "victim.")
    ResponseEntity<ReplacementStateBody> show(
            Subject subject,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        long after = Lists.after(cursor, -1);
        return subject.show(m -> state(m, (int) after + 1, limit));
    }

    private static ReplacementStateBody state(Machine machine, int from, int limit) {
        ReplacementView view = machine.inspect().frames().replacement(from, limit, limit + 1);
        List<RememberedView> frames = view.frames();
        return new ReplacementStateBody(
                machine.spec().policy(),
                machine.spec().replacement().dialect(),
                view.rule(),
                view.hand(),
                view.order(),
                view.queues(),
                Lists.part(frames, limit),
                Lists.next(frames, limit, RememberedView::frame));
    }
}

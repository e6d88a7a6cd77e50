package dev.faultline.api.inspection;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Numbers;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.machine.protocol.Command;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Frames whose pages may not leave. */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/frames/{frame}",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Kernel")
class FrameController {

    @PostMapping(path = "/pin", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "pinFrame",
            summary = "Keep the page of a frame in it, whatever the policy: it is not evicted",
            description =
                    "Pins a frame: its page is not evicted, whatever the policy says. A free "
                            + "frame has no page; `issueAccesses` brings one in.")
    @ApiResponse(
            responseCode = "200",
            description = "The frame, or that it is free and was not pinned.",
            content = @Content(schema = @Schema(oneOf = {FrameBody.class, RefusalBody.class})))
    ResponseEntity<?> pin(
            Mutation mutation,
            @PathVariable String frame,
            @RequestBody(required = false) @Nullable NoFields body) {
        return set(mutation, frame, true);
    }

    @PostMapping(path = "/unpin", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "unpinFrame",
            summary = "Let the page of a frame be evicted again",
            description =
                    "Lets the page of a pinned frame be evicted again. The frame must have "
                            + "one, which `issueAccesses` brings in.")
    @ApiResponse(
            responseCode = "200",
            description = "The frame, or that it is free.",
            content = @Content(schema = @Schema(oneOf = {FrameBody.class, RefusalBody.class})))
    ResponseEntity<?> unpin(
            Mutation mutation,
            @PathVariable String frame,
            @RequestBody(required = false) @Nullable NoFields body) {
        return set(mutation, frame, false);
    }

    private static ResponseEntity<?> set(Mutation mutation, String text, boolean pinned) {
        long number = Numbers.parse(text).orElse(-1);
        if (number < 0 || number >= mutation.spec().frames()) {
            throw ApiException.noSuchFrame(text);
        }
        int frame = (int) number;
        return mutation.apply(
                new Command.Pin(frame, pinned),
                m -> FrameBody.of(m.inspect().frames().frames(frame, frame + 1).getFirst()));
    }
}

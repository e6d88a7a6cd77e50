package dev.faultline.api.web;

import io.swagger.v3.oas.annotations.media.Schema;

/** Why the rest of a batch or a trace was not issued. */
public record StoppedBody(
        @Schema(
                        description =
                                "The place of the access that ended its process, counted from 0. In"
                                        + " a batch it is that in the list; in a trace, ticks count,"
                                        + " and an access that crosses pages counts once for each.")
                long at,
        String reason) {}

package dev.faultline.api.machines;

import dev.faultline.machine.spec.PolicyDraft;

import io.swagger.v3.oas.annotations.media.Schema;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What takes the place of chance. */
record RandomRequest(
        @Schema(description = "What random takes one after the other, over and over.")
                @Size(max = 100_000, message = "must have at most 100000 numbers")
                @Nullable List<@NotNull(message = "must not be null") Integer> numbers) {

    PolicyDraft over(PolicyDraft under) {
        return under.withNumbers(numbers);
    }
}

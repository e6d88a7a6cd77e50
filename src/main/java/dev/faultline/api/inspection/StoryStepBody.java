package dev.faultline.api.inspection;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.memory.AreaBody;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.SignalBody;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Step;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A step of an access on the wire; a number that the step does not have is null. */
record StoryStepBody(
        @Schema(description = "What the step is about.") String kind,
        @Schema(
                        description = "The step in a sentence.",
                        example = "The unified TLB does not have page 6 in set 0.")
                String words,
        @Schema(
                        description =
                                "What the step cost, in ticks. The steps' ticks add up to those of"
                                        + " the access.")
                long ticks,
        @Schema(
                        description =
                                "1, or the number of like steps that are told as this one. The"
                                        + " other numbers are those of the first.")
                long times,
        @Schema(description = "The process whose entry, page or signal it is.")
                @Nullable Integer pid,
        @Nullable Long page,
        @Schema(description = "The offset in the page, or in the segment if there are no pages.")
                @Nullable Long offset,
        @Schema(description = "The TLB that is looked up or filled.") @Nullable String tlb,
        @Nullable Integer set,
        @Schema(description = "The way of the set; null in a look-up that missed.")
                @Nullable Integer way,
        @Nullable Integer level,
        @Schema(description = "The index in the table, or the number of the segment.")
                @Nullable Long index,
        @Schema(
                        description =
                                "Where memory is read or written: for a walk as in `walk`, for the"
                                        + " byte itself its physical address.")
                @Nullable String address,
        @Schema(description = "What a walk reads there, raw.") @Nullable String word,
        @Schema(description = "For a check: whether what was found is valid.")
                @Nullable Boolean valid,
        @Schema(description = "For a check, or an area: whether it allows the access.")
                @Nullable Boolean allowed,
        @Schema(
                        description =
                                "For a fault: why the hardware traps. The last two happen only"
                                        + " where the kernel manages the TLB.")
                @Nullable String fault,
        @Schema(description = "For a fault that ends in a signal: the signal.")
                @Nullable SignalBody signal,
        @Schema(description = "The area that was found or changed; null if there is none.")
                @Nullable AreaBody area,
        @Schema(description = "The frame concerned, or the first of several.")
                @Nullable Integer frame,
        @Schema(description = "For a copy: the frame that is copied.") @Nullable Integer from,
        @Schema(description = "For an allocation: the frames that are free after it.")
                @Nullable Integer free,
        @Schema(description = "The slot of the store that is read, written or named.")
                @Nullable Integer slot,
        @Schema(description = "The file that the page belongs to.") @Nullable String file,
        @Schema(description = "The page's number in its file.") @Nullable Long filePage,
        @Schema(description = "For a victim: the pages that map its frame.") List<Mapping> mappings,
        @Schema(description = "For a check, or a victim: whether the page was written to.")
                @Nullable Boolean dirty,
        @Schema(
                        description =
                                "For a victim: how it was chosen; null if there was no choice, or"
                                        + " the request has shown 10,000 candidates already.")
                Fault.@Nullable Choice choice) {

    static StoryStepBody of(Step.Told told, StoryWords words, MachineSpec spec) {
        Step step = told.step();
        Long address = step.address();
        Long word = step.word();
        KernelStep.Cause cause = step.cause();
        MemoryArea area = step.area();
        List<Mapping> mappings = step.mappings();
        return new StoryStepBody(
                MachineRequest.word(step.kind()),
                words.of(told),
                told.ticks(),
                told.times(),
                step.pid(),
                step.page(),
                step.offset(),
                step.tlb(),
                step.set(),
                step.way(),
                step.level(),
                step.index(),
                address == null ? null : Address.format(address),
                word == null ? null : Address.format(word),
                step.valid(),
                step.allowed(),
                cause == null ? null : MachineRequest.word(cause),
                SignalBody.of(step.signal()),
                area == null ? null : AreaBody.of(area, spec),
                step.frame(),
                step.from(),
                step.free(),
                step.slot(),
                step.file(),
                step.filePage(),
                mappings == null ? List.of() : mappings,
                step.dirty(),
                step.choice());
    }
}

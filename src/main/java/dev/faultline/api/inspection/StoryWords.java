package dev.faultline.api.inspection;

import dev.faultline.api.inspection.TranslationStepsBody.PartBody;
import dev.faultline.api.web.Address;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Step;
import dev.faultline.machine.protocol.TranslationStep;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Says each step of an access in a sentence. What the hardware does is here, what the kernel does
 * in {@link KernelWords}.
 */
final class StoryWords {

    private final MachineSpec spec;
    private final String address;
    private final String op;
    private final List<PartBody> split;
    private final KernelWords kernel;

    StoryWords(MachineSpec spec, long address, int op, List<PartBody> split) {
        this.spec = spec;
        this.address = Address.format(address);
        this.op = Op.name(op);
        this.split = split;
        kernel = new KernelWords(spec, this.op);
    }

    /** The sentence of a step, or of several that are told together. */
    String of(Step.Told told) {
        String sentence =
                switch (told.step()) {
                    case TranslationStep step -> of(step);
                    case KernelStep step -> kernel.of(step);
                };
        return told.times() == 1
                ? sentence
                : "%s; likewise %d more."
                        .formatted(sentence.substring(0, sentence.length() - 1), told.times() - 1);
    }

    private String of(TranslationStep step) {
        return switch (step) {
            case TranslationStep.Split it -> split(it);
            case TranslationStep.LookUp it -> lookUp(it);
            case TranslationStep.Walk it -> walk(it);
            case TranslationStep.Check it -> check(it);
            case TranslationStep.Limit it -> limit(it);
            case TranslationStep.Beyond(long last) ->
                    "The address is beyond the last one, %s.".formatted(Address.format(last));
            case TranslationStep.Restart it -> "The access runs again from the beginning.";
            case TranslationStep.Fill it -> fill(it);
            case TranslationStep.Memory it ->
                    "The %s reaches physical address %s, in frame %d."
                            .formatted(op, Address.format(it.address()), it.frame());
        };
    }

    private String split(TranslationStep.Split it) {
        Translation translation = spec.translation();
        String indices =
                split.subList(0, split.size() - 1).stream()
                        .map(part -> String.valueOf(part.value()))
                        .collect(Collectors.joining(", "));
        return switch (translation.kind()) {
            case RELOCATION ->
                    "%s is compared with the limit, and the base is added.".formatted(address);
            case SEGMENTATION ->
                    "%s is offset %d in segment %d.".formatted(address, it.offset(), it.index());
            case SEGMENTED_PAGING ->
                    "%s is page %d, which is page %d of segment %d, and offset %d."
                            .formatted(
                                    address,
                                    it.page(),
                                    split.get(1).value(),
                                    split.getFirst().value(),
                                    it.offset());
            case HIERARCHICAL ->
                    "%s is page %d, with the indices %s from the root down, and offset %d."
                            .formatted(address, it.page(), indices, it.offset());
            case LINEAR, HASHED, INVERTED ->
                    "%s is page %d and offset %d.".formatted(address, it.page(), it.offset());
        };
    }

    private static String tlb(String name) {
        return name.equals("unified") ? "The TLB" : "The " + name + " TLB";
    }

    private static String lookUp(TranslationStep.LookUp it) {
        return it.way() == null
                ? "%s does not have page %d in set %d: a miss."
                        .formatted(tlb(it.tlb()), it.page(), it.set())
                : "%s has page %d in set %d, way %d: frame %d."
                        .formatted(tlb(it.tlb()), it.page(), it.set(), it.way(), it.frame());
    }

    private String walk(TranslationStep.Walk it) {
        String begin =
                it.software()
                        ? "The kernel looks for the page. "
                        : it.skipped() > 0 ? "The walk cache knows the last node. " : "";
        return begin + TranslationWords.reference(it.reference(), spec);
    }

    private String check(TranslationStep.Check it) {
        if (!it.valid()) {
            return it.slot() == null
                    ? "The page has no valid entry."
                    : "The entry is not valid; it names slot %d of the store.".formatted(it.slot());
        }
        String entry =
                "The entry%s is valid and %s"
                        .formatted(
                                it.source() == TranslationStep.Source.TLB ? " in the TLB" : "",
                                Protection.format(it.protection()));
        if (!it.allowed()) {
            return "%s, which does not allow the %s%s."
                    .formatted(entry, op, it.cow() ? ": the page is shared until a write" : "");
        }
        String dirty =
                it.marks()
                        ? "; its dirty bit is set"
                        : isWriteThroughClean(it) ? ", but its dirty bit is not set" : "";
        return "%s, which allows the %s to frame %d%s.".formatted(entry, op, it.frame(), dirty);
    }

    private boolean isWriteThroughClean(TranslationStep.Check it) {
        return op.equals(Op.name(Op.WRITE)) && Boolean.FALSE.equals(it.dirty());
    }

    private String limit(TranslationStep.Limit it) {
        String what = it.index() == null ? "the process" : "segment " + it.index();
        if (!it.exists()) {
            return it.index() == null
                    ? "The process has no memory."
                    : "There is no %s.".formatted(what);
        }
        if (!it.within()) {
            return "The access is outside %s, which is %s."
                    .formatted(what, range(it.start(), it.length()));
        }
        if (!it.valid()) {
            return "The access is within %s, which is not in memory.".formatted(what);
        }
        String rights = Protection.format(it.protection());
        return it.allowed()
                ? "The access is within %s, which is %s, and reaches frame %d."
                        .formatted(what, rights, it.frame())
                : "The access is within %s, but that is %s, which does not allow the %s."
                        .formatted(what, rights, op);
    }

    private static String fill(TranslationStep.Fill it) {
        Long replaced = it.replaced();
        return "%s loads page %d, frame %d, into set %d, way %d%s%s."
                .formatted(
                        it.software() ? "The kernel" : tlb(it.tlb()),
                        it.page(),
                        it.frame(),
                        it.set(),
                        it.way(),
                        it.software() ? " of the " + tlb(it.tlb()).substring(4) : "",
                        replaced == null ? "" : ", in place of page " + replaced);
    }

    /** Addresses from the first to the last. */
    static String range(long start, long length) {
        return Address.format(start) + " to " + Address.format(start + length - 1);
    }

    /** A range of addresses with its rights, and what it is of. */
    static String area(MemoryArea area) {
        return "the area %s (%s, %s)"
                .formatted(
                        range(area.start(), area.length()),
                        Protection.format(area.protection()),
                        backing(area));
    }

    private static String backing(MemoryArea area) {
        String name = area.backing().name();
        String sharing = area.isShared() ? "shared" : "private";
        return switch (area.kind()) {
            case FILE -> sharing + " file '" + name + "'";
            case SHARED_MEMORY -> "shared memory '" + name + "'";
            case STACK -> "stack";
            case HEAP -> "heap";
            case ANONYMOUS -> sharing + " memory";
        };
    }

    /** The page of a file, or null. */
    static @Nullable String filePage(@Nullable String file, @Nullable Long page) {
        return file == null ? null : "page %d of file '%s'".formatted(page, file);
    }
}

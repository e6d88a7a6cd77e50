package dev.faultline.api.inspection;

import dev.faultline.api.accesses.AccessBody;
import dev.faultline.api.inspection.TranslationStepsBody.LookUpBody;
import dev.faultline.api.inspection.TranslationStepsBody.PartBody;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says in words how an address is translated, a sentence a step. */
final class TranslationWords {

    private final MachineSpec spec;
    private final int asid;
    private final long page;
    private final long address;
    private final List<String> steps = new ArrayList<>();

    TranslationWords(MachineSpec spec, int asid, long page, long address) {
        this.spec = spec;
        this.asid = asid;
        this.page = page;
        this.address = address;
    }

    List<String> all(
            List<PartBody> split,
            List<LookUpBody> tlbs,
            List<TableReference> walk,
            PageView entry,
            AccessBody access) {
        if (spec.translation().isContiguous()) {
            return segments(split, walk, access);
        }
        long offset = address & spec.pageSize() - 1;
        say(
                "%s: the low %d bits are the offset, %d; the rest is page number %d."
                        .formatted(Address.format(address), spec.offsetBits(), offset, page));
        boolean hit = "hit".equals(access.tlb());
        if (tlbs.isEmpty()) {
            say("There is no TLB.");
        }
        tlbs.forEach(this::lookUp);
        if (!tlbs.isEmpty()) {
            say(hit ? "A hit." : "A miss.");
        }
        cut(split, walk);
        say(hit ? "A walk is not needed. It would read:" : "The table is walked:");
        walk.forEach(this::reference);
        if (entry.valid()) {
            say(
                    "The entry is valid, frame %d, %s, %s%s."
                            .formatted(
                                    entry.frame(),
                                    entry.writable() ? "writable" : "not writable",
                                    entry.dirty() ? "dirty" : "clean",
                                    entry.cow() ? ", shared until it is written to" : ""));
        } else {
            say(
                    "The entry is not valid: the page is %s."
                            .formatted(MachineRequest.word(entry.state())));
        }
        outcome(access);
        return steps;
    }

    /** Where nothing is paged: compare with the limit, add the base. */
    private List<String> segments(
            List<PartBody> split, List<TableReference> walk, AccessBody access) {
        if (split.size() == 1) {
            say("%s is compared with the limit register.".formatted(Address.format(address)));
        } else {
            say(
                    "%s: the high bits are segment %d, the rest is the offset %d in it."
                            .formatted(
                                    Address.format(address),
                                    split.getFirst().value(),
                                    split.getLast().value()));
        }
        walk.forEach(this::reference);
        if (access.frame() != null && access.met().isEmpty()) {
            say("It is within the limit, and allowed: the base is added.");
        }
        outcome(access);
        return steps;
    }

    private void say(String step) {
        steps.add(step);
    }

    private void lookUp(LookUpBody tlb) {
        say(
                "The %s TLB has %d sets: page %d mod %d is set %d, the tag is %d."
                        .formatted(tlb.tlb(), tlb.sets(), page, tlb.sets(), tlb.set(), tlb.tag()));
        String match =
                tlb.ways().stream()
                        .filter(TranslationStepsBody.WayBody::match)
                        .map(way -> "way " + way.way() + " holds the page")
                        .findFirst()
                        .orElse("none holds the page");
        String tags =
                spec.tlb().tagged()
                        ? " and address space " + asid
                        : ", after a switch has emptied it if another process ran";
        say(
                "Its %d ways are compared with page %d%s: %s."
                        .formatted(tlb.ways().size(), page, tags, match));
    }

    private void cut(List<PartBody> split, List<TableReference> walk) {
        int buckets = spec.translation().buckets();
        switch (spec.translation().kind()) {
            case LINEAR -> say("The page number is the index into the table.");
            case HIERARCHICAL ->
                    say(
                            "The page number is cut into the indices %s, root first."
                                    .formatted(
                                            split.subList(0, split.size() - 1).stream()
                                                    .map(part -> String.valueOf(part.value()))
                                                    .collect(Collectors.joining(", "))));
            case SEGMENTED_PAGING ->
                    say(
                            "The high bits of the page number are segment %d, the rest is page %d of it."
                                    .formatted(split.getFirst().value(), split.get(1).value()));
            case RELOCATION, SEGMENTATION -> {}
            case HASHED ->
                    say(
                            "Its bucket is page %d mod %d: %d."
                                    .formatted(page, buckets, walk.getFirst().index()));
            case INVERTED ->
                    say(
                            "Its anchor is (page %d xor address space %d) mod %d: %d."
                                    .formatted(page, asid, buckets, walk.getFirst().index()));
        }
    }

    private void reference(TableReference reference) {
        String place = TranslationStepsBody.place(reference);
        String at = place == null ? "a page that is not there yet" : place;
        String word = Address.format(reference.word());
        switch (reference.kind()) {
            case NODE ->
                    say(
                            "Level %d, entry %d, at %s: %s."
                                    .formatted(
                                            reference.level(),
                                            reference.index(),
                                            at,
                                            reference.word() == 0
                                                    ? "it leads nowhere"
                                                    : "it holds "
                                                            + word
                                                            + ", which leads to the next node"));
            case ENTRY ->
                    say(
                            "Level %d, entry %d, at %s: the entry of the page is %s."
                                    .formatted(reference.level(), reference.index(), at, word));
            case HUGE_ENTRY ->
                    say(
                            "Level %d, entry %d, at %s: the entry of a huge page, %s."
                                    .formatted(reference.level(), reference.index(), at, word));
            case SEGMENT ->
                    say(
                            "Descriptor %d, at %s: %s."
                                    .formatted(
                                            reference.index(),
                                            at,
                                            reference.word() == 0 ? "no segment" : word));
            case BUCKET ->
                    say(
                            "Head %d, at %s: %s."
                                    .formatted(
                                            reference.index(),
                                            at,
                                            reference.word() == 0
                                                    ? "the chain is empty"
                                                    : "the chain begins at " + word));
            case ELEMENT ->
                    say(
                            "Element %d, at %s: page %d%s, entry %s."
                                    .formatted(
                                            reference.index(),
                                            at,
                                            reference.page(),
                                            spec.translation().kind() == Translation.Kind.INVERTED
                                                    ? " of address space " + reference.asid()
                                                    : "",
                                            word));
        }
    }

    private void outcome(AccessBody access) {
        for (AccessBody.FaultBody fault : access.met()) {
            say(
                    "The %s is a %s fault; the kernel's answer is %s%s."
                            .formatted(
                                    access.op(),
                                    fault.type(),
                                    fault.resolution(),
                                    fault.why() == null ? "" : " (" + fault.why() + ")"));
        }
        if (access.frame() == null) {
            say("The access is abandoned.");
        } else {
            say(
                    "The %s is of frame %d: physical address %s."
                            .formatted(access.op(), access.frame(), access.physicalAddress()));
        }
    }
}

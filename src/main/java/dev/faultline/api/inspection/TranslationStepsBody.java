package dev.faultline.api.inspection;

import dev.faultline.api.accesses.AccessBody;
import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.Address;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.protocol.TlbEntryView;
import dev.faultline.machine.protocol.TlbSetView;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What an access would do, step by step. */
record TranslationStepsBody(
        int pid,
        int asid,
        @Schema(allowableValues = {"read", "write", "execute"}) String op,
        String address,
        long page,
        long offset,
        @Schema(description = "The parts of the address, from the highest bit down.")
                List<PartBody> split,
        @Schema(description = "The look-up in the TLB; null if there is none.")
                @Nullable LookUpBody tlb,
        @Schema(description = "The look-up in the second level; null if there is none.")
                @Nullable LookUpBody secondLevel,
        @Schema(description = "What a walk of the page table reads; it is needed on a miss.")
                List<ReferenceBody> walk,
        @Schema(description = "The entry of the page, as the table has it now.") PageBody entry,
        @Schema(description = "Each step in words.") List<String> steps,
        @Schema(description = "What the access would come to.") AccessBody access) {

    /** Bits of an address. */
    record PartBody(
            @Schema(example = "level 1") String name, int highBit, int lowBit, long value) {}

    /** The set of the TLB that is looked into, and every way of it. */
    record LookUpBody(String tlb, int set, int sets, long tag, List<WayBody> ways) {}

    /** A way and whether it is the page's. */
    record WayBody(int way, TlbEntryView entry, boolean match) {}

    /** A memory reference of a walk. */
    record ReferenceBody(
            @Schema(
                            allowableValues = {
                                "node",
                                "entry",
                                "huge-entry",
                                "segment",
                                "bucket",
                                "element"
                            })
                    String reads,
            int level,
            long index,
            @Schema(description = "Null if that page of the table has no frame yet.")
                    @Nullable String address,
            @Schema(description = "What is there, raw.") String word,
            @Nullable Long page,
            @Nullable Integer asid) {

        static ReferenceBody of(TableReference reference) {
            return new ReferenceBody(
                    MachineRequest.word(reference.kind()),
                    reference.level(),
                    reference.index(),
                    place(reference),
                    Address.format(reference.word()),
                    reference.page(),
                    reference.asid());
        }
    }

    /** Where a memory reference is, or null if it is nowhere yet. */
    static @Nullable String place(TableReference reference) {
        Long address = reference.address();
        return address == null ? null : Address.format(address);
    }

    static TranslationStepsBody of(Machine machine, int pid, long address, AccessResult result) {
        MachineSpec spec = machine.spec();
        int asid = machine.inspect().translation().asid(pid);
        long page = address >>> spec.offsetBits();
        PageView view = machine.inspect().pages(pid, page, page + 1).getFirst();
        List<TableReference> walk = machine.inspect().translation().walk(pid, page);
        List<PartBody> split = split(address, spec);
        List<LookUpBody> lookUps = lookUps(machine, pid, page, asid, result.op());
        AccessBody access = AccessBody.of(List.of(result), spec);
        return new TranslationStepsBody(
                pid,
                asid,
                Op.name(result.op()),
                Address.format(address),
                page,
                address & spec.pageSize() - 1,
                split,
                lookUps.isEmpty() ? null : lookUps.getFirst(),
                lookUps.size() < 2 ? null : lookUps.getLast(),
                walk.stream().map(ReferenceBody::of).toList(),
                PageBody.of(view),
                new TranslationWords(spec, asid, page, address)
                        .all(split, lookUps, walk, view, access),
                access);
    }

    private static List<PartBody> split(long address, MachineSpec spec) {
        List<PartBody> parts = new ArrayList<>();
        int high = spec.addressBits() - 1;
        if (spec.translation().kind() == Translation.Kind.HIERARCHICAL) {
            for (int level = 0; level < spec.translation().levels().size(); level++) {
                int low = high - spec.translation().levels().get(level) + 1;
                parts.add(part("level " + (level + 1), high, low, address));
                high = low - 1;
            }
            parts.add(part("offset", high, 0, address));
            return parts;
        }
        int segmentBits = spec.translation().segmentBits();
        if (segmentBits > 0) {
            parts.add(part("segment", high, high - segmentBits + 1, address));
        }
        int low = spec.translation().isContiguous() ? 0 : spec.offsetBits();
        if (low > 0) {
            parts.add(part("page", high - segmentBits, low, address));
        }
        int offsetHigh = low > 0 ? low - 1 : high - segmentBits;
        parts.add(part("offset", offsetHigh, 0, address));
        return parts;
    }

    private static PartBody part(String name, int high, int low, long address) {
        return new PartBody(name, high, low, address >>> low & (1L << high - low + 1) - 1);
    }

    private static List<LookUpBody> lookUps(Machine machine, int pid, long page, int asid, int op) {
        List<LookUpBody> lookUps = new ArrayList<>();
        for (TlbSetView set : machine.inspect().translation().sets(pid, page, op)) {
            List<WayBody> compared = new ArrayList<>();
            for (TlbEntryView entry : set.ways()) {
                Long held = entry.page();
                Integer tag = entry.asid();
                Long pages = entry.pages();
                boolean isIn = held != null && pages != null && held <= page && page < held + pages;
                boolean match = isIn && (tag == null || tag == asid);
                compared.add(new WayBody(entry.way(), entry, match));
            }
            lookUps.add(
                    new LookUpBody(set.tlb(), set.set(), set.sets(), page / set.sets(), compared));
        }
        return lookUps;
    }
}

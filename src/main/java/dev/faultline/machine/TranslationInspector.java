package dev.faultline.machine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Answers what is in the TLBs, and what a walk would read. Looking changes nothing. */
public final class TranslationInspector {

    /** A place in a TLB, which is unified, data, instruction or second-level. */
    public record TlbEntryView(
            String tlb,
            int set,
            int way,
            boolean valid,
            @Nullable Integer asid,
            @Nullable Long page,
            @Nullable Integer frame,
            boolean writable,
            boolean executable,
            boolean dirty) {}

    private final Parts parts;
    private final Tasks tasks;

    TranslationInspector(Parts parts, Tasks tasks) {
        this.parts = parts;
        this.tasks = tasks;
    }

    /** Places in all TLBs, 0 if there is none. */
    public int size() {
        return parts.tlb().units().stream().mapToInt(TranslationInspector::places).sum();
    }

    private static int places(Tlbs.Unit unit) {
        return unit.tlb().sets() * unit.tlb().ways();
    }

    /** The places {@code from} to below {@code to} of the TLBs, one after the other, set by set. */
    public List<TlbEntryView> entries(int from, int to) {
        List<TlbEntryView> entries = new ArrayList<>();
        int before = 0;
        for (Tlbs.Unit unit : parts.tlb().units()) {
            int first = Math.max(0, from - before);
            for (int place = first; place < Math.min(places(unit), to - before); place++) {
                entries.add(view(unit, place));
            }
            before += places(unit);
        }
        return entries;
    }

    private static TlbEntryView view(Tlbs.Unit unit, int place) {
        Tlb tlb = unit.tlb();
        boolean valid = !tlb.isEmpty(place);
        long entry = valid ? tlb.entry(place) : 0;
        return new TlbEntryView(
                unit.name(),
                place / tlb.ways(),
                place % tlb.ways(),
                valid,
                valid && tlb.isTagged() ? tlb.asid(place) : null,
                valid ? tlb.page(place) : null,
                valid ? Pte.frame(entry) : null,
                (entry & Pte.WRITE) != 0,
                (entry & Pte.EXECUTE) != 0,
                (entry & Pte.DIRTY) != 0);
    }

    /** A set of a TLB that a page's entry can be in. */
    public record TlbSetView(String tlb, int set, int sets, List<TlbEntryView> ways) {}

    /** The sets that an access of a kind to a page is looked up in, one for each level. */
    public List<TlbSetView> sets(long page, int op) {
        Tlbs tlbs = parts.tlb();
        return tlbs.units().stream()
                .filter(unit -> unit.tlb() == tlbs.first(op) || unit.tlb() == tlbs.second())
                .filter(unit -> unit.tlb().isPresent())
                .map(unit -> set(unit, page))
                .toList();
    }

    private static TlbSetView set(Tlbs.Unit unit, long page) {
        Tlb tlb = unit.tlb();
        int set = tlb.set(page);
        return new TlbSetView(
                unit.name(),
                set,
                tlb.sets(),
                IntStream.range(set * tlb.ways(), (set + 1) * tlb.ways())
                        .mapToObj(place -> view(unit, place))
                        .toList());
    }

    /** The number that a process's entries have in the TLB. */
    public int asid(int pid) {
        return tasks.get(pid).asid();
    }

    /** What a walk to a page of a process that has not ended would read now, in order. */
    public List<TableReference> walk(int pid, long page) {
        EntryLayout layout = parts.spec().translation().layout();
        List<TableReference> path = tasks.get(pid).table().path(page);
        return layout == null ? path : path.stream().map(each -> each.as(layout)).toList();
    }
}

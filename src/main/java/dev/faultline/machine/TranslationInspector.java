package dev.faultline.machine;

import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Tlb;
import dev.faultline.machine.hardware.Tlbs;
import dev.faultline.machine.protocol.CpuView;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.protocol.TlbEntryView;
import dev.faultline.machine.protocol.TlbSetView;
import dev.faultline.machine.spec.EntryLayout;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Answers what is in the TLBs and what a walk would read. Looking changes nothing. */
public final class TranslationInspector {

    private final Parts parts;
    private final Tasks tasks;

    TranslationInspector(Parts parts) {
        this.parts = parts;
        this.tasks = parts.tasks();
    }

    /** The number of places in all TLBs; 0 if there is none. */
    public int size() {
        int places = 0;
        for (Cpu cpu : parts.cpus().all()) {
            places += cpu.tlbs().units().stream().mapToInt(TranslationInspector::places).sum();
        }
        return places;
    }

    /**
     * At most {@code most} words of a process's page table that lie after an address and that walks
     * to its pages read, in address order; none if the process has ended.
     */
    public List<TableReference> memory(int pid, long after, int most) {
        TreeMap<Long, TableReference> words = new TreeMap<>();
        if (tasks.get(pid).isTerminated()) {
            return List.of();
        }
        tasks.get(pid)
                .table()
                .forEach(
                        (vpn, pte) -> {
                            for (TableReference word : walk(pid, vpn)) {
                                Long address = word.address();
                                if (address != null && address > after) {
                                    words.put(address, word);
                                }
                            }
                            while (words.size() > most) {
                                words.pollLastEntry();
                            }
                        });
        return List.copyOf(words.values());
    }

    /** The processors, by number. */
    public List<CpuView> cpus() {
        List<CpuView> views = new ArrayList<>();
        for (Cpu cpu : parts.cpus().all()) {
            Task current = cpu.current();
            Integer pid = current == null ? null : current.pid();
            views.add(new CpuView(cpu.number(), pid, cpu.tlbs().used()));
        }
        return views;
    }

    /** The processor that a process runs on by default. */
    public int home(int pid) {
        return parts.cpus().homeOf(tasks.get(pid));
    }

    private static int places(Tlbs.Unit unit) {
        return unit.tlb().sets() * unit.tlb().ways();
    }

    /**
     * The places in [{@code from}, {@code to}) of the TLBs, one TLB after the other, set by set.
     */
    public List<TlbEntryView> entries(int from, int to) {
        List<TlbEntryView> entries = new ArrayList<>();
        int before = 0;
        for (Cpu cpu : parts.cpus().all()) {
            for (Tlbs.Unit unit : cpu.tlbs().units()) {
                int first = Math.max(0, from - before);
                for (int place = first; place < Math.min(places(unit), to - before); place++) {
                    entries.add(view(cpu, unit, place));
                }
                before += places(unit);
            }
        }
        return entries;
    }

    private static TlbEntryView view(Cpu cpu, Tlbs.Unit unit, int place) {
        Tlb tlb = unit.tlb();
        boolean valid = !tlb.isEmpty(place);
        long entry = valid ? tlb.entry(place) : 0;
        return new TlbEntryView(
                cpu.number(),
                unit.name(),
                place / tlb.ways(),
                place % tlb.ways(),
                valid,
                valid && tlb.isTagged() ? tlb.asid(place) : null,
                valid ? cpu.tlbs().firstPage(tlb.page(place)) : null,
                valid ? cpu.tlbs().pages(tlb.page(place)) : null,
                valid ? Pte.frame(entry) : null,
                (entry & Pte.WRITE) != 0,
                (entry & Pte.EXECUTE) != 0,
                (entry & Pte.DIRTY) != 0);
    }

    /**
     * The sets in which an access by this operation to a page is looked up, one for each level, on
     * the process's own processor.
     */
    public List<TlbSetView> sets(int pid, long page, int op) {
        Cpu cpu = parts.cpus().all().get(home(pid));
        Tlbs tlbs = cpu.tlbs();
        boolean huge = tlbs.hasHuge() && tasks.get(pid).table().isHuge(page);
        long key = huge ? tlbs.hugeKey(page) : page;
        return tlbs.units().stream()
                .filter(unit -> unit.tlb() == tlbs.first(op) || unit.tlb() == tlbs.second())
                .filter(unit -> unit.tlb().isPresent())
                .map(unit -> set(cpu, unit, key))
                .toList();
    }

    private static TlbSetView set(Cpu cpu, Tlbs.Unit unit, long page) {
        Tlb tlb = unit.tlb();
        int set = tlb.set(page);
        return new TlbSetView(
                unit.name(),
                set,
                tlb.sets(),
                IntStream.range(set * tlb.ways(), (set + 1) * tlb.ways())
                        .mapToObj(place -> view(cpu, unit, place))
                        .toList());
    }

    /** The number that a process's entries have in the TLB. */
    public int asid(int pid) {
        return Math.max(0, parts.cpus().tag(tasks.get(pid).asid()));
    }

    /** What a walk to a page would read now, in order. The process must not have ended. */
    public List<TableReference> walk(int pid, long page) {
        EntryLayout layout = parts.spec().translation().layout();
        List<TableReference> path = tasks.get(pid).table().path(page);
        return layout == null
                ? path
                : path.stream().map(each -> EntryWords.as(layout, each)).toList();
    }
}

package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.protocol.TranslationStep;
import dev.faultline.machine.protocol.TranslationStep.Source;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Watches how an MMU translates one access, and tells the steps of it. It looks at the TLBs and the
 * table before the MMU does, and at the TLBs once more after that. What the MMU read and what it
 * loaded is then known from its answer and its counts; nothing is carried out twice.
 */
public final class MmuWatch {

    /** A page, or the huge page that it is in, in one of the TLBs, before the access. */
    private record Seen(Tlbs.Unit unit, long key, int place, long entry, long[] pages) {}

    private final int offsetBits;
    private final @Nullable EntryLayout layout;
    private final List<Seen> seen = new ArrayList<>();

    /** The access that is watched. */
    private long address;

    private int size;
    private int op;
    private long vpn;
    private @Nullable Mmu mmu;

    /** What the table had for it before: the entry, and what a walk reads. */
    private long pte;

    private List<TableReference> path = List.of();
    private long walkedBefore;

    /** A watch for the MMUs of machines of this spec. */
    public MmuWatch(MachineSpec spec) {
        offsetBits = spec.offsetBits();
        layout = spec.translation().layout();
    }

    /** Looks at what an MMU is about to translate; {@code newOp} is one of {@link Op}. */
    public void before(Mmu newMmu, long newAddress, int newSize, int newOp) {
        mmu = newMmu;
        address = newAddress;
        size = newSize;
        op = newOp;
        vpn = newAddress >>> offsetBits;
        pte = newMmu.table().get(vpn);
        path = newMmu.table().path(vpn);
        walkedBefore = newMmu.walkReferences();
        seen.clear();
        Tlbs tlbs = newMmu.tlbs();
        for (Tlbs.Unit unit : tlbs.units()) {
            boolean first = unit.tlb() == tlbs.first(op);
            if (first || unit.tlb() == tlbs.second()) {
                see(unit, newMmu.asid(), vpn);
            }
            if (first && tlbs.mayHaveHuge()) {
                see(unit, newMmu.asid(), tlbs.hugeKey(vpn));
            }
        }
    }

    private void see(Tlbs.Unit unit, int asid, long key) {
        Tlb tlb = unit.tlb();
        if (!tlb.isPresent()) {
            return;
        }
        int place = tlb.find(asid, key);
        int first = tlb.set(key) * tlb.ways();
        long[] pages = new long[tlb.ways()];
        for (int way = 0; way < pages.length; way++) {
            pages[way] = tlb.page(first + way);
        }
        seen.add(new Seen(unit, key, place, place == Tlb.MISS ? 0 : tlb.entry(place), pages));
    }

    /**
     * Tells what the MMU did.
     *
     * @param answer what {@link Mmu#access} or {@link Mmu#rerun} returned
     */
    public void after(int answer, Consumer<TranslationStep> teller) {
        Mmu used = used();
        if (used.table() instanceof SegmentTable limits) {
            walk(limits.references(), false, teller);
            teller.accept(limit(limits, answer));
            return;
        }
        Seen hit = lookUp(teller);
        int walked = (int) (used.walkReferences() - walkedBefore);
        walk(walked, false, teller);
        if (answer == Mmu.TLB_MISS) {
            return;
        }
        Source source = Source.TABLE;
        long entry = pte;
        if (hit != null && walked == 0) {
            source = Source.TLB;
            entry = ofPage(hit.key(), hit.entry());
        }
        boolean marks = op == Op.WRITE && answer >= 0 && !Pte.isDirty(entry);
        teller.accept(check(source, entry, marks));
        if (answer >= 0) {
            fills(false, teller);
        }
    }

    /** Tells what the kernel reads that manages the TLB: the entry, by the same walk. */
    public void kernelWalks(Consumer<TranslationStep> teller) {
        walk(used().table().references(), true, teller);
        teller.accept(check(Source.TABLE, pte, false));
    }

    /** Tells what the kernel that manages the TLB has loaded into it. */
    public void kernelFilled(Consumer<TranslationStep> teller) {
        fills(true, teller);
    }

    /** Tells that the kernel that manages the TLB sets the dirty bit, if the table allows it. */
    public void kernelMarks(Consumer<TranslationStep> teller) {
        teller.accept(check(Source.TABLE, pte, Pte.allows(pte, Op.WRITE)));
    }

    private Mmu used() {
        if (mmu == null) {
            throw new IllegalStateException("MmuWatch: nothing is watched");
        }
        return mmu;
    }

    /**
     * Tells the look-ups: in the first level, and in the second if that missed. A TLB that has huge
     * pages compares both numbers of the page at once. Returns what was found, or null.
     */
    private @Nullable Seen lookUp(Consumer<TranslationStep> teller) {
        for (int i = 0; i < seen.size(); i++) {
            Seen each = seen.get(i);
            Seen next = i + 1 < seen.size() ? seen.get(i + 1) : each;
            if (next.unit().tlb() == each.unit().tlb() && Tlbs.isHugeKey(next.key())) {
                i++;
                each = each.place() == Tlb.MISS && next.place() != Tlb.MISS ? next : each;
            }
            Tlb tlb = each.unit().tlb();
            boolean hit = each.place() != Tlb.MISS;
            teller.accept(
                    new TranslationStep.LookUp(
                            each.unit().name(),
                            vpn,
                            tlb.set(each.key()),
                            hit ? each.place() % tlb.ways() : null,
                            hit ? Pte.frame(ofPage(each.key(), each.entry())) : null));
            if (hit) {
                return each;
            }
        }
        return null;
    }

    /** An entry of a TLB as that of the page itself, even if it is a huge page's. */
    private long ofPage(long key, long entry) {
        long inHuge = Tlbs.isHugeKey(key) ? used().tlbs().inHuge(vpn) : 0;
        return entry + (inHuge << Pte.NUMBER_SHIFT);
    }

    /** Tells the memory references of a walk; a walk cache has skipped the first ones. */
    private void walk(int references, boolean software, Consumer<TranslationStep> teller) {
        for (TableReference each :
                path.subList(Math.max(0, path.size() - references), path.size())) {
            TableReference shown = layout == null ? each : EntryWords.as(layout, each);
            teller.accept(new TranslationStep.Walk(shown, software));
        }
    }

    private TranslationStep check(Source source, long entry, boolean marks) {
        boolean valid = Pte.isValid(entry);
        return new TranslationStep.Check(
                source,
                vpn,
                valid,
                Pte.allows(entry, op),
                valid ? Pte.frame(entry) : null,
                Pte.isSwapped(entry) ? Pte.slot(entry) : null,
                valid ? Pte.isDirty(entry) : null,
                Pte.protection(entry),
                Pte.isCow(entry),
                marks);
    }

    private TranslationStep limit(SegmentTable limits, int answer) {
        Segment segment = limits.at(address);
        Long index = limits.references() == 0 ? null : Long.valueOf(limits.number(address));
        if (segment == null) {
            return new TranslationStep.Limit(index, false, false, false, false, 0, 0, 0, null);
        }
        boolean within = address >= segment.start() && address + size <= segment.end();
        return new TranslationStep.Limit(
                index,
                within && segment.isPresent(),
                Pte.allows(segment.permissions() | Pte.VALID, op),
                true,
                within,
                segment.start(),
                segment.end() - segment.start(),
                Pte.protection(segment.permissions()),
                answer >= 0 ? answer & ~Mmu.FIRST_WRITE : null);
    }

    /** Tells which TLBs hold the page now that did not before. */
    private void fills(boolean software, Consumer<TranslationStep> teller) {
        int asid = used().asid();
        for (Seen each : seen) {
            Tlb tlb = each.unit().tlb();
            int place = tlb.find(asid, each.key());
            boolean same = place == each.place() && isSameFrame(tlb, place, each.entry());
            if (place == Tlb.MISS || same) {
                continue;
            }
            int way = place % tlb.ways();
            long before = each.pages()[way];
            teller.accept(
                    new TranslationStep.Fill(
                            each.unit().name(),
                            tlb.set(each.key()),
                            way,
                            vpn,
                            Pte.frame(ofPage(each.key(), tlb.entry(place))),
                            before == Tlb.EMPTY ? null : used().tlbs().firstPage(before),
                            software));
        }
    }

    private static boolean isSameFrame(Tlb tlb, int place, long entry) {
        return place == Tlb.MISS || Pte.frame(tlb.entry(place)) == Pte.frame(entry);
    }
}

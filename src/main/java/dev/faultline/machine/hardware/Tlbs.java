package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The TLBs of one processor: one for all accesses, or one each for instructions and data; and, if
 * asked for, a second level that is looked up when the first misses. The walk cache belongs to it
 * too.
 */
public final class Tlbs {

    /** One of the TLBs, with the name that clients see. */
    public record Unit(String name, Tlb tlb) {}

    /** Set in the page number of a huge page's entry; no ordinary page number has it. */
    private static final long HUGE = 1L << 62;

    private final List<Unit> units = new ArrayList<>();
    private final Tlb data;
    private final Tlb instruction;
    private final @Nullable Tlb second;
    private final @Nullable WalkCache walks;

    /** The bits of a page number within a huge page; 0 if there are no huge pages. */
    private final int hugeBits;

    /** Whether a huge page's entry was ever loaded. */
    private boolean hasHuge;

    /** The TLBs of a processor of this machine, all empty. */
    public Tlbs(MachineSpec machine) {
        TlbSpec spec = machine.tlb();
        long seed = machine.seed();
        hugeBits = Integer.numberOfTrailingZeros(machine.translation().hugePages());
        data = new Tlb(spec, seed);
        instruction = spec.split() ? new Tlb(spec, seed) : data;
        second = spec.second() == null ? null : new Tlb(spec.second(), seed);
        walks = spec.walkCache() == 0 ? null : new WalkCache(spec.walkCache());
        units.add(new Unit(spec.split() ? "data" : "unified", data));
        if (spec.split()) {
            units.add(new Unit("instruction", instruction));
        }
        if (second != null) {
            units.add(new Unit("second-level", second));
        }
    }

    /** All TLBs. A machine without a TLB has one with no entries. */
    public List<Unit> units() {
        return units;
    }

    /** The first-level TLB for an operation, one of {@link Op}. */
    public Tlb first(int op) {
        return op == Op.EXECUTE ? instruction : data;
    }

    /** The second-level TLB, or null. */
    public @Nullable Tlb second() {
        return second;
    }

    /** The walk cache, or null. */
    @Nullable WalkCache walks() {
        return walks;
    }

    boolean isSplit() {
        return instruction != data;
    }

    /** Whether there is a TLB. */
    public boolean isPresent() {
        return data.isPresent();
    }

    /** Whether entries of several address spaces can be in it at once. */
    public boolean isTagged() {
        return data.isTagged();
    }

    /**
     * Loads a page's entry into the first-level TLB for an operation, and into the second level.
     */
    public void fill(int op, int asid, long vpn, long pte) {
        first(op).fill(asid, vpn, pte);
        if (second != null && second.find(asid, vpn) == Tlb.MISS) {
            second.fill(asid, vpn, pte);
        }
    }

    /** Whether there may be entries of huge pages. */
    public boolean hasHuge() {
        return hasHuge;
    }

    /** Whether entries of huge pages can ever be loaded. */
    boolean mayHaveHuge() {
        return hugeBits > 0;
    }

    /** The number that a huge page's entry has in place of a page number. */
    public long hugeKey(long vpn) {
        return HUGE | vpn >>> hugeBits;
    }

    static boolean isHugeKey(long key) {
        return (key & HUGE) != 0;
    }

    /** The first page that an entry covers. */
    public long firstPage(long key) {
        return isHugeKey(key) ? (key & ~HUGE) << hugeBits : key;
    }

    /** The offset of a page from the first page of its huge page. */
    int inHuge(long vpn) {
        return (int) vpn & (1 << hugeBits) - 1;
    }

    /** The number of pages that an entry covers. */
    public long pages(long key) {
        return isHugeKey(key) ? 1L << hugeBits : 1;
    }

    /** Loads a huge page's entry, which is that of its first page, into the first level only. */
    void fillHuge(int op, int asid, long vpn, long pte) {
        first(op).fill(asid, hugeKey(vpn), pte);
        hasHuge = true;
    }

    /** Sets the dirty bit in every TLB entry of a page. */
    public void setDirty(int asid, long vpn) {
        setDirty(data, asid, vpn);
        if (isSplit()) {
            setDirty(instruction, asid, vpn);
        }
        if (second != null) {
            setDirty(second, asid, vpn);
        }
    }

    private static void setDirty(Tlb tlb, int asid, long vpn) {
        int place = tlb.find(asid, vpn);
        if (place != Tlb.MISS) {
            tlb.setDirty(place);
        }
    }

    /** Drops a page's entries, and that of the huge page it is in. */
    public void invalidate(int asid, long vpn) {
        drop(asid, vpn);
        if (hasHuge) {
            drop(asid, hugeKey(vpn));
        }
    }

    private void drop(int asid, long vpn) {
        data.invalidate(asid, vpn);
        if (isSplit()) {
            instruction.invalidate(asid, vpn);
        }
        if (second != null) {
            second.invalidate(asid, vpn);
        }
    }

    /** Drops the entries of one address space. */
    public void flush(int asid) {
        forEach(tlb -> tlb.flush(asid));
        if (walks != null) {
            walks.flush(asid);
        }
    }

    /** Drops all entries except the kernel's own. */
    public void flushProcesses() {
        forEach(tlb -> tlb.flushOthers(Command.KERNEL));
        if (walks != null) {
            walks.flushAll();
        }
    }

    /** Drops all entries. */
    public void flushAll() {
        forEach(Tlb::flushAll);
        if (walks != null) {
            walks.flushAll();
        }
    }

    /** The number of entries in use. */
    public int used() {
        return units.stream().mapToInt(unit -> unit.tlb().used()).sum();
    }

    private void forEach(Consumer<Tlb> work) {
        units.forEach(unit -> work.accept(unit.tlb()));
    }

    /** Saves all TLBs. */
    public void save(StateWriter out) {
        forEach(tlb -> tlb.save(out));
        out.writeBoolean(hasHuge);
        if (walks != null) {
            walks.save(out);
        }
    }

    /** Restores all TLBs. */
    public void load(StateReader in) {
        forEach(tlb -> tlb.load(in));
        hasHuge = in.readBoolean();
        if (walks != null) {
            walks.load(in);
        }
    }

    /** Host bytes of a processor's TLBs. */
    public static long hostBytes(TlbSpec spec) {
        long first = (spec.split() ? 2L : 1L) * spec.entries();
        long second = spec.second() == null ? 0 : spec.second().entries();
        return Tlb.HOST_BYTES * (first + second) + WalkCache.HOST_BYTES * spec.walkCache();
    }
}

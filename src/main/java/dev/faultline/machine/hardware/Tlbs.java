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
 * The TLBs of a machine: one for all accesses, or one for instructions and one for data; and
 * perhaps a larger second level behind, that is looked into when the first has not got the page.
 * Beside them is what walks remember.
 */
public final class Tlbs {

    /** One of them, by the name that it is shown with. */
    public record Unit(String name, Tlb tlb) {}

    /** Set in the page number of an entry of a huge page; no page number has it. */
    private static final long HUGE = 1L << 62;

    private final List<Unit> units = new ArrayList<>();
    private final Tlb data;
    private final Tlb instruction;
    private final @Nullable Tlb second;
    private final @Nullable WalkCache walks;

    /** Bits of a page number within a huge page, 0 if there are none. */
    private final int hugeBits;

    /** Whether an entry of a huge page has ever been loaded. */
    private boolean hasHuge;

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

    /** All that there are, one without entries if there is none. */
    public List<Unit> units() {
        return units;
    }

    /** The one that an access of a kind is looked up in first. */
    public Tlb first(int op) {
        return op == Op.EXECUTE ? instruction : data;
    }

    /** The one that is looked up in next, or null. */
    public @Nullable Tlb second() {
        return second;
    }

    /** What walks remember, or null. */
    @Nullable WalkCache walks() {
        return walks;
    }

    boolean isSplit() {
        return instruction != data;
    }

    public boolean isPresent() {
        return data.isPresent();
    }

    public boolean isTagged() {
        return data.isTagged();
    }

    /** Loads a page's entry into the first level for an access of a kind, and into the second. */
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

    /** What stands for the page number in the entry of a huge page. */
    public long hugeKey(long vpn) {
        return HUGE | vpn >>> hugeBits;
    }

    static boolean isHugeKey(long key) {
        return (key & HUGE) != 0;
    }

    /** The first page of the huge page that an entry is of. */
    public long firstPage(long key) {
        return isHugeKey(key) ? (key & ~HUGE) << hugeBits : key;
    }

    /** How far behind the first page of its huge page a page is. */
    int inHuge(long vpn) {
        return (int) vpn & (1 << hugeBits) - 1;
    }

    /** Pages that an entry covers. */
    public long pages(long key) {
        return isHugeKey(key) ? 1L << hugeBits : 1;
    }

    /** Loads a huge page's entry, that of its first page, into the first level only. */
    void fillHuge(int op, int asid, long vpn, long pte) {
        first(op).fill(asid, hugeKey(vpn), pte);
        hasHuge = true;
    }

    /** Every entry of a page says from now on that it is dirty. */
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

    /** Drops a page's entries. */
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

    /** Drops all entries but the kernel's own. */
    public void flushProcesses() {
        forEach(tlb -> tlb.flushOthers(Command.KERNEL));
        if (walks != null) {
            walks.flushAll();
        }
    }

    public void flushAll() {
        forEach(Tlb::flushAll);
        if (walks != null) {
            walks.flushAll();
        }
    }

    /** Entries that are in them. */
    public int used() {
        return units.stream().mapToInt(unit -> unit.tlb().used()).sum();
    }

    private void forEach(Consumer<Tlb> work) {
        units.forEach(unit -> work.accept(unit.tlb()));
    }

    public void save(StateWriter out) {
        forEach(tlb -> tlb.save(out));
        out.writeBoolean(hasHuge);
        if (walks != null) {
            walks.save(out);
        }
    }

    public void load(StateReader in) {
        forEach(tlb -> tlb.load(in));
        hasHuge = in.readBoolean();
        if (walks != null) {
            walks.load(in);
        }
    }

    /** Bytes of the host's memory that the TLBs of a processor take. */
    public static long hostBytes(TlbSpec spec) {
        long first = (spec.split() ? 2L : 1L) * spec.entries();
        long second = spec.second() == null ? 0 : spec.second().entries();
        return Tlb.HOST_BYTES * (first + second) + WalkCache.HOST_BYTES * spec.walkCache();
    }
}

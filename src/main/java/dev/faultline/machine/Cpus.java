package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The processors, of which one runs the kernel at any moment, and what their TLBs hold together.
 *
 * <p>When an entry of a page table changes, its copy in the TLB of this processor is dropped, and a
 * shootdown is sent to each other one that may have a copy: one that has run the process since it
 * last dropped all the process's entries. Where an entry only comes to allow more, the others are
 * left alone: their copies are stale, and mended when they fault. The kernel can be told to do less
 * ({@link TlbSpec.Invalidation}).
 *
 * <p>Entries are tagged with address-space numbers. If the hardware has fewer of them than there
 * are processes, the kernel gives them out as processes run, and when they have run out, empties
 * all TLBs and begins again.
 */
final class Cpus {

    /** The kernel's own number, which no process gets. */
    private static final int KERNEL_TAG = 0;

    private final List<Cpu> cpus = new ArrayList<>();
    private final TlbSpec.Invalidation invalidation;
    private final long shootdownTicks;
    private final boolean global;

    /** Numbers that there are for processes, or 0 if each has its own for ever. */
    private final int tags;

    private Cpu here;

    /** What the TLBs are, which are alike. */
    private final boolean present;

    private final boolean tagged;
    private final boolean secondLevel;

    /** The processors that may hold entries of an address space, a bit each. */
    private long[] holders = new long[16];

    /** The number that an address space has just now, or 0. */
    private int[] tagOf = new int[16];

    private int nextTag = 1;
    private @Nullable Accounting accounting;
    private @Nullable Tasks tasks;

    Cpus(MachineSpec spec, FrameMarks marks) {
        for (int number = 0; number < spec.cpus(); number++) {
            cpus.add(new Cpu(number, spec, marks));
        }
        here = cpus.getFirst();
        present = here.tlbs().isPresent();
        tagged = here.tlbs().isTagged();
        secondLevel = here.tlbs().second() != null;
        invalidation = spec.tlb().invalidation();
        global = spec.tlb().global();
        shootdownTicks = spec.costs().shootdown();
        tags = spec.tlb().asidBits() == 0 ? 0 : (1 << spec.tlb().asidBits()) - 1;
    }

    /** Says who counts what is done, and to whom. */
    void use(Accounting newBooks, Tasks newTasks) {
        accounting = newBooks;
        tasks = newTasks;
    }

    List<Cpu> all() {
        return cpus;
    }

    /** The processor that runs the kernel. */
    Cpu here() {
        return here;
    }

    /** From now on another processor runs the kernel. */
    void runOn(int number) {
        here = cpus.get(number);
    }

    /** The processor that a process runs on where nothing else is said. */
    int homeOf(Task task) {
        return Math.max(0, task.pid() - 1) % cpus.size();
    }

    boolean isPresent() {
        return present;
    }

    boolean isTagged() {
        return tagged;
    }

    boolean hasSecondLevel() {
        return secondLevel;
    }

    /** Whether a TLB may hold an entry that no page table has any more. */
    boolean mayBeStale() {
        return invalidation != TlbSpec.Invalidation.ALL;
    }

    /** Lets this processor run a process in its memory. */
    void load(Task task) {
        int asid = task.asid();
        makeRoom(asid);
        if (tagged && tags > 0 && asid != Tasks.KERNEL && tagOf[asid] == 0) {
            giveTag(task, asid);
        }
        holders[asid] |= 1L << here.number();
        here.setCurrent(task);
        here.mmu().use(task.table(), tag(asid));
    }

    /** Whether this processor is running a process, under the number that it has now. */
    boolean isRunning(Task task) {
        return isRunning(task, here);
    }

    /** Whether a processor is. */
    boolean isRunning(Task task, Cpu cpu) {
        int asid = task.asid();
        return task == cpu.current()
                && cpu.mmu().asid() == tag(asid)
                && (holders[asid] >>> cpu.number() & 1) != 0;
    }

    private void giveTag(Task task, int asid) {
        if (nextTag > tags) {
            Arrays.fill(tagOf, 0);
            Arrays.fill(holders, 1, holders.length, 0); // the kernel keeps its number
            nextTag = 1;
            cpus.forEach(cpu -> cpu.tlbs().flushProcesses());
            if (accounting != null) {
                accounting.count(task, Counter.TLB_FLUSHES, cpus.size());
                accounting.count(task, Counter.ASID_ROLLOVERS);
            }
        }
        tagOf[asid] = nextTag++;
    }

    private void makeRoom(int asid) {
        if (asid >= holders.length) {
            holders = Arrays.copyOf(holders, 2 * asid);
            tagOf = Arrays.copyOf(tagOf, 2 * asid);
        }
    }

    /** The number that an address space's entries have in the TLBs now, or -1 if it has none. */
    int tag(int asid) {
        if (tags == 0 || !tagged) {
            return asid;
        }
        return asid == Tasks.KERNEL
                ? KERNEL_TAG
                : asid < tagOf.length && tagOf[asid] != 0 ? tagOf[asid] : -1;
    }

    /** The address space whose entries have a number in the TLBs now. */
    int asid(int tag) {
        for (int asid = 0; tags > 0 && asid < tagOf.length; asid++) {
            if (tag != KERNEL_TAG && tagOf[asid] == tag) {
                return asid;
            }
        }
        return tag;
    }

    /** Loads an entry into the TLB of this processor. */
    void fill(int op, int asid, long vpn, long pte) {
        here.tlbs().fill(op, tag(asid), vpn, pte);
    }

    /** This processor's entry of a page says from now on that it is dirty. */
    void setDirty(int asid, long vpn) {
        here.tlbs().setDirty(tag(asid), vpn);
    }

    /** A page's entry has changed: drops its copies. */
    void invalidate(int asid, long vpn) {
        if (invalidation == TlbSpec.Invalidation.NONE) {
            return;
        }
        int tag = tag(asid);
        if (tag < 0) {
            return;
        }
        here.tlbs().invalidate(tag, vpn);
        long others = others(asid);
        if (others != 0 && invalidation == TlbSpec.Invalidation.ALL) {
            shootDown(asid, others);
            for (Cpu cpu : cpus) {
                if ((others >>> cpu.number() & 1) != 0) {
                    cpu.tlbs().invalidate(tag, vpn);
                }
            }
        }
    }

    /** A page's entry allows more than before: only this processor's copy is dropped. */
    void refresh(int asid, long vpn) {
        if (invalidation != TlbSpec.Invalidation.NONE) {
            drop(asid, vpn);
        }
    }

    /** Drops this processor's copy of an entry, as the hardware does with one that has faulted. */
    void drop(int asid, long vpn) {
        int tag = tag(asid);
        if (tag >= 0) {
            here.tlbs().invalidate(tag, vpn);
        }
    }

    private long others(int asid) {
        return cpus.size() == 1 || asid >= holders.length
                ? 0
                : holders[asid] & ~(1L << here.number());
    }

    private void shootDown(int asid, long targets) {
        if (accounting != null && tasks != null && tasks.has(asid)) {
            int count = Long.bitCount(targets);
            accounting.count(tasks.get(asid), Counter.SHOOTDOWNS, count);
            accounting.spend(tasks.get(asid), Counter.SHOOTDOWN_TICKS, count * shootdownTicks);
        }
    }

    /**
     * Drops all entries of a process that is about to change altogether, on every processor that
     * may have some. Answers on how many that was done.
     */
    int flush(Task task) {
        int asid = task.asid();
        int flushed = 0;
        long others = others(asid);
        for (Cpu cpu : cpus) {
            boolean mine = cpu == here;
            boolean holds = asid < holders.length && (holders[asid] >>> cpu.number() & 1) != 0;
            boolean ran = isIn(cpu.current(), asid) || isIn(cpu.lastProcess(), asid);
            boolean wanted = tagged ? mine || holds : ran;
            if (wanted) {
                flush(cpu, asid);
                flushed++;
            }
        }
        if (others != 0) {
            shootDown(asid, others);
        }
        if (asid < holders.length && tagged) {
            holders[asid] = 0;
            for (Cpu cpu : cpus) {
                holders[asid] |= isIn(cpu.current(), asid) ? 1L << cpu.number() : 0;
            }
        }
        return flushed;
    }

    /** Whether a process runs in an address space, its own or one that it has borrowed. */
    private static boolean isIn(@Nullable Task task, int asid) {
        return task != null && task.asid() == asid;
    }

    private void flush(Cpu cpu, int asid) {
        if (!tagged) {
            cpu.tlbs().flushAll();
        } else if (tag(asid) >= 0) {
            cpu.tlbs().flush(tag(asid));
        }
    }

    /** Drops the entries of one page of a process from all TLBs. */
    void flushPage(int asid, long vpn) {
        int tag = tag(asid);
        if (tag >= 0) {
            cpus.forEach(cpu -> cpu.tlbs().invalidate(tag, vpn));
        }
    }

    /**
     * A page's entry has changed in the interrupt that every processor takes: each drops its own
     * copy, and nobody has to tell another.
     */
    void invalidateEverywhere(int asid, long vpn) {
        if (invalidation != TlbSpec.Invalidation.NONE) {
            flushPage(asid, vpn);
        }
    }

    /** Drops the entries of a process from all TLBs. */
    void flushSpace(int asid) {
        int tag = tag(asid);
        if (tag >= 0) {
            cpus.forEach(cpu -> cpu.tlbs().flush(tag));
        }
    }

    void flushAll() {
        cpus.forEach(cpu -> cpu.tlbs().flushAll());
    }

    /** This processor goes over to another process and its TLB, without tags, is emptied. */
    void flushForSwitch() {
        if (global) {
            here.tlbs().flushProcesses();
        } else {
            here.tlbs().flushAll();
        }
        for (int asid = global ? 1 : 0; asid < holders.length; asid++) {
            holders[asid] &= ~(1L << here.number());
        }
    }

    /**
     * Whether this processor goes over to a process without leaving the memory that it is in: with
     * global entries the kernel's is part of every process's.
     */
    boolean staysInMemory(Task next) {
        Task last = here.lastProcess();
        return global && (next.pid() == Tasks.KERNEL || last == null || last == next);
    }

    /** Entries that are in all TLBs. */
    int used() {
        return cpus.stream().mapToInt(cpu -> cpu.tlbs().used()).sum();
    }

    void save(StateWriter out) {
        cpus.forEach(cpu -> cpu.tlbs().save(out));
        out.writeInt(here.number());
        out.writeInt(nextTag);
        int last = holders.length;
        while (last > 0 && holders[last - 1] == 0 && tagOf[last - 1] == 0) {
            last--;
        }
        out.writeInt(last);
        for (int asid = 0; asid < last; asid++) {
            out.writeLong(holders[asid]);
            out.writeInt(tagOf[asid]);
        }
        for (Cpu cpu : cpus) {
            Task current = cpu.current();
            out.writeInt(current == null ? -1 : current.pid());
            Task process = cpu.lastProcess();
            out.writeInt(process == null ? -1 : process.pid());
        }
    }

    /** Reads what {@link #save} wrote, once the processes are there. */
    void load(StateReader in, Tasks processes) {
        cpus.forEach(cpu -> cpu.tlbs().load(in));
        here = cpus.get(in.readInt());
        nextTag = in.readInt();
        int spaces = in.readInt();
        makeRoom(spaces);
        for (int asid = 0; asid < spaces; asid++) {
            holders[asid] = in.readLong();
            tagOf[asid] = in.readInt();
        }
        for (Cpu cpu : cpus) {
            int pid = in.readInt();
            if (pid >= 0) {
                Task task = processes.get(pid);
                cpu.setCurrent(task);
                cpu.mmu().use(task.table(), tag(task.asid()));
            }
            int last = in.readInt();
            cpu.setLastProcess(last < 0 ? null : processes.get(last));
        }
    }
}

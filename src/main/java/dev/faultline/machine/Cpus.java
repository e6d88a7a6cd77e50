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
 * The processors, one of which runs the kernel at any moment, and the consistency of their TLBs.
 *
 * <p>When a page-table entry changes, its copy in this processor's TLB is dropped. A shootdown goes
 * to every other processor that may have a copy: one that has run the process since it last dropped
 * all the process's entries. If an entry only comes to allow more, the others are left alone; their
 * stale copies are replaced when they fault. The kernel can be told to do less ({@link
 * TlbSpec.Invalidation}).
 *
 * <p>Entries are tagged with address-space numbers. If the hardware has fewer numbers than there
 * are processes, the kernel hands them out as processes run. When none is left, it empties all TLBs
 * and starts again.
 */
final class Cpus {

    /** The kernel's own number, which no process gets. */
    private static final int KERNEL_TAG = 0;

    private final List<Cpu> cpus = new ArrayList<>();
    private final TlbSpec.Invalidation invalidation;
    private final long shootdownTicks;
    private final boolean global;

    /** How many numbers there are for processes; 0 if each keeps its own for ever. */
    private final int tags;

    private Cpu here;

    /** What the TLBs are, which are alike. */
    private final boolean present;

    private final boolean tagged;
    private final boolean secondLevel;

    /** For each address space, one bit for each processor that may hold entries of it. */
    private long[] holders = new long[16];

    /** The number that each address space has at the moment, or 0. */
    private int[] tagOf = new int[16];

    private int nextTag = 1;
    private final Accounting accounting;
    private final Tasks tasks;

    Cpus(MachineSpec spec, FrameMarks marks, Accounting accounting, Tasks tasks) {
        this.accounting = accounting;
        this.tasks = tasks;
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

    List<Cpu> all() {
        return cpus;
    }

    /** The processor that runs the kernel. */
    Cpu here() {
        return here;
    }

    /** Moves the kernel to another processor. */
    void runOn(int number) {
        here = cpus.get(number);
    }

    /** The processor that a process runs on by default. */
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

    /** Makes this processor run a process in its memory. */
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

    /** Whether this processor is running a process, under its current number. */
    boolean isRunning(Task task) {
        return isRunning(task, here);
    }

    /** Whether a processor is running a process, under its current number. */
    boolean isRunning(Task task, Cpu cpu) {
        int asid = task.asid();
        return task == cpu.current()
                && cpu.mmu().asid() == tag(asid)
                && asid < holders.length
                && (holders[asid] >>> cpu.number() & 1) != 0;
    }

    private void giveTag(Task task, int asid) {
        if (nextTag > tags) {
            Arrays.fill(tagOf, 0);
            Arrays.fill(holders, 1, holders.length, 0); // the kernel keeps its number
            nextTag = 1;
            cpus.forEach(cpu -> cpu.tlbs().flushProcesses());
            accounting.count(task, Counter.TLB_FLUSHES, cpus.size());
            accounting.count(task, Counter.ASID_ROLLOVERS);
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

    /** The address space whose entries have this number in the TLBs now. */
    int asid(int tag) {
        for (int asid = 0; tags > 0 && asid < tagOf.length; asid++) {
            if (tag != KERNEL_TAG && tagOf[asid] == tag) {
                return asid;
            }
        }
        return tag;
    }

    /** Loads an entry into this processor's TLB. */
    void fill(int op, int asid, long vpn, long pte) {
        here.tlbs().fill(op, tag(asid), vpn, pte);
    }

    /** Sets the dirty bit in this processor's entry of a page. */
    void setDirty(int asid, long vpn) {
        here.tlbs().setDirty(tag(asid), vpn);
    }

    /** Drops all copies of a page's entry, which has changed. */
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

    /** Drops this processor's copy of a page's entry, which now allows more. */
    void refresh(int asid, long vpn) {
        if (invalidation != TlbSpec.Invalidation.NONE) {
            drop(asid, vpn);
        }
    }

    /** Drops this processor's copy of an entry, as the hardware does after a fault. */
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
        if (tasks.has(asid)) {
            int count = Long.bitCount(targets);
            accounting.count(tasks.get(asid), Counter.SHOOTDOWNS, count);
            accounting.spend(tasks.get(asid), Counter.SHOOTDOWN_TICKS, count * shootdownTicks);
        }
    }

    /**
     * Drops all entries of a process that is about to change altogether, on every processor that
     * may have some: its own if they are tagged, else all.
     */
    void flush(Task task) {
        if (!present) {
            return;
        }
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
        accounting.count(task, Counter.TLB_FLUSHES, flushed);
    }

    /** Whether a process runs in an address space, its own or a borrowed one. */
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
     * Drops the copies of a page's entry in an interrupt that every processor takes. Each drops its
     * own copy, so there is no shootdown.
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

    /** Empties this processor's untagged TLB for a switch to another process. */
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
     * Whether this processor switches to a process without leaving its address space. With global
     * entries the kernel's memory is part of every address space.
     */
    boolean staysInMemory(Task next) {
        Task last = here.lastProcess();
        return global && (next.pid() == Tasks.KERNEL || last == null || last == next);
    }

    /** The number of entries in all TLBs. */
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

    /** Restores what {@link #save} wrote, once the processes exist. */
    void load(StateReader in, Tasks processes) {
        cpus.forEach(cpu -> cpu.tlbs().load(in));
        here = cpus.get(in.readInt());
        nextTag = in.readInt();
        int spaces = in.readInt();
        for (int asid = 0; asid < spaces; asid++) {
            makeRoom(asid + 1);
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

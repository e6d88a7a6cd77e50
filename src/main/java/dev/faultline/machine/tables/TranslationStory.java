package dev.faultline.machine.tables;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.MmuWatch;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.TranslationStep;
import dev.faultline.machine.spec.MachineSpec;

/** The part of a {@link Story} that the hardware has in it: how the MMU translates the address. */
public final class TranslationStory {

    private final MachineSpec spec;
    private final StoryLog log;
    private final MmuWatch watch;

    TranslationStory(MachineSpec spec, StoryLog log) {
        this.spec = spec;
        this.log = log;
        watch = new MmuWatch(spec);
    }

    /** The address of the access is split. */
    void splits(long address) {
        if (!spec.translation().isContiguous()) {
            long offset = address & spec.pageSize() - 1;
            log.tell(new TranslationStep.Split(address >>> spec.offsetBits(), null, offset));
            return;
        }
        int inSegment = spec.addressBits() - spec.translation().segmentBits();
        boolean one = spec.translation().segmentBits() == 0;
        log.tell(
                new TranslationStep.Split(
                        null,
                        one ? null : address >>> inSegment,
                        one ? address : address & (1L << inSegment) - 1));
    }

    /** An MMU is about to try the access. */
    public void tries(Mmu mmu, long address, int size, int op) {
        if (log.isTold() && address <= spec.lastAddress()) {
            watch.before(mmu, address, size, op);
        }
    }

    /** The MMU has tried the access, with this answer. */
    public void tried(long address, int answer) {
        if (!log.isTold()) {
            return;
        }
        log.beginTry();
        if (address > spec.lastAddress()) {
            log.tell(new TranslationStep.Beyond(spec.lastAddress()));
            return;
        }
        watch.after(answer, log::tell);
    }

    /**
     * The MMU has tried the access again. A miss right after a fault is not told: the kernel that
     * manages the TLB loads the entry before the process goes on.
     *
     * @param fault what the MMU had answered before
     */
    public void triedAgain(long address, int fault, int answer) {
        boolean early = answer == Mmu.TLB_MISS && isFault(fault);
        if (log.isTold() && !early) {
            log.tell(new TranslationStep.Restart());
            tried(address, answer);
        }
    }

    private static boolean isFault(int answer) {
        return answer == Mmu.PAGE_FAULT || answer == Mmu.PROTECTION_FAULT;
    }

    /** The kernel that manages the TLB has looked for the page's entry in the table. */
    public void kernelWalks(Mmu mmu, long page, int op) {
        if (log.isTold()) {
            watch.before(mmu, page << spec.offsetBits(), 1, op);
            log.beginTry();
            watch.kernelWalks(log::tell);
        }
    }

    /** The kernel that manages the TLB has loaded the page's entry. */
    public void kernelFilled() {
        if (log.isTold()) {
            watch.kernelFilled(log::tell);
        }
    }

    /** The kernel that manages the TLB sees the first write to a page. */
    public void kernelMarks(Mmu mmu, long page) {
        if (log.isTold()) {
            watch.before(mmu, page << spec.offsetBits(), 1, Op.WRITE);
            watch.kernelMarks(log::tell);
        }
    }

    /** The access reaches its byte, unless the MMU's answer is a fault. */
    public void reaches(int answer, long address, int op) {
        if (log.isTold() && answer >= 0) {
            int frame = answer & ~Mmu.FIRST_WRITE;
            long offset = address & spec.pageSize() - 1;
            log.tell(new TranslationStep.Memory(frame, frame * spec.pageSize() + offset, op));
        }
    }
}

package dev.faultline.machine.tables;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.KernelStep.Allocate;
import dev.faultline.machine.protocol.KernelStep.Load;
import dev.faultline.machine.protocol.KernelStep.Supply;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.protocol.Step;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The story of an access: its steps, in the order in which they happen, each with its ticks. The
 * kernel tells each step where it happens, and each tick is given to a step when it is spent.
 *
 * <p>A machine has no stories unless it is asked for them. Then every method here returns at once.
 */
public final class Story {

    /** The most steps that are told one by one. After them, like steps are told together. */
    public static final int MOST_STEPS = 10_000;

    private static final int NONE = FrameTable.NONE;

    private final MachineSpec spec;
    private final Permissions permissions;
    private final StoryLog log = new StoryLog();
    private final TranslationStory translation;

    private boolean wanted;

    /** Whether a segment leaves as a whole. */
    private boolean whole;

    /** Whether the disk works in the background. */
    private boolean background;

    /** No stories, for a machine of this spec. */
    public Story(MachineSpec spec) {
        this.spec = spec;
        permissions = new Permissions(spec);
        translation = new TranslationStory(spec, log);
    }

    /** From now on every explained access has a story. */
    public void want() {
        wanted = true;
    }

    /** Whether a story is being told. If not, nothing needs to be prepared for it. */
    public boolean isTold() {
        return log.isTold();
    }

    /** What tells the steps of the hardware. */
    public TranslationStory translation() {
        return translation;
    }

    /** An access begins. */
    public void begin(long address) {
        if (wanted) {
            whole = false;
            log.begin();
            translation.splits(address);
        }
    }

    /** The steps of the access that is over, or none. */
    public List<Step.Told> take() {
        return log.isTold() ? log.take() : List.of();
    }

    /** Gives ticks that were just spent to the step that they belong to. */
    public void spent(Counter on, long ticks) {
        if (log.isTold()) {
            log.spent(on, ticks);
        }
    }

    /** Tells a step. The ticks that follow belong to it. */
    public void tell(Step step) {
        if (log.isTold()) {
            log.tell(step);
        }
    }

    /** Tells like steps together from now on, or no longer. */
    public void tellTogether(boolean value) {
        log.tellTogether(value);
    }

    /** A segment leaves, and until {@link #hasLeft} its pages with it. */
    public void leaves(int pid, int segment, int frame, int count) {
        if (log.isTold()) {
            log.tell(new KernelStep.SegmentLeaves(pid, (long) segment, frame, count));
            log.tellTogether(true);
            whole = true;
        }
    }

    /** A segment has left. */
    public void hasLeft() {
        log.tellTogether(false);
        whole = false;
    }

    /** Tells no steps until {@link #unmute}; their ticks belong to the last one told. */
    public void mute() {
        log.mute();
    }

    /** Ends a {@link #mute}. */
    public void unmute() {
        log.unmute();
    }

    /** The disk works in the background from now on, or no longer. */
    public void inBackground(boolean value) {
        background = value;
    }

    /** The MMU's answer is a fault; it traps, unless the kernel has the processor already. */
    public void fault(int answer, long address, boolean traps) {
        if (log.isTold()) {
            KernelStep.Cause cause =
                    switch (answer) {
                        case Mmu.PAGE_FAULT -> KernelStep.Cause.PAGE;
                        case Mmu.PROTECTION_FAULT -> KernelStep.Cause.PROTECTION;
                        case Mmu.TLB_MISS -> KernelStep.Cause.TLB_MISS;
                        default -> KernelStep.Cause.TLB_MODIFIED;
                    };
            tell(new KernelStep.Trap(cause, address >>> spec.offsetBits(), traps));
        }
    }

    /** The kernel meets a fault in place of the process. */
    public void met(Fault.Type type, long page) {
        if (log.isTold()) {
            KernelStep.Cause cause =
                    type == Fault.Type.PAGE ? KernelStep.Cause.PAGE : KernelStep.Cause.PROTECTION;
            tell(new KernelStep.Trap(cause, page, false));
        }
    }

    /** The kernel sends a signal. */
    public void sends(int pid, Signal signal, @Nullable String why, KernelStep.Then then) {
        if (log.isTold()) {
            tell(new KernelStep.Sent(pid, signal, why, then));
        }
    }

    /** The kernel has looked for the area of a page that an operation touches. */
    public void area(@Nullable MemoryArea area, long page, int op) {
        if (log.isTold()) {
            boolean allowed = area != null && permissions.allow(area, op);
            tell(new KernelStep.InArea(area, page, allowed));
        }
    }

    /** A stack has grown down to a page. */
    public void stackGrows(MemoryArea stack, long page) {
        if (log.isTold()) {
            long start = page << spec.offsetBits();
            tell(new KernelStep.StackGrows(stack.at(start, stack.end() - start)));
        }
    }

    /** The table allows what a TLB's old copy of a page's entry did not. */
    public void stale(long page) {
        if (log.isTold()) {
            tell(new KernelStep.Stale(page));
        }
    }

    /** A process's handler changes a range of addresses, which then has a protection. */
    public void handlerActs(String command, long start, long length, int protection) {
        if (log.isTold()) {
            MemoryArea range = new MemoryArea(start, length, protection);
            tell(new KernelStep.HandlerActs(command, range));
        }
    }

    /** A process's handler copies bytes. */
    public void handlerCopies(long start, long to, long length) {
        if (log.isTold()) {
            tell(new KernelStep.HandlerCopies(start, to, length));
        }
    }

    /** Consecutive frames are taken; what they are filled with is told together. */
    public void allocatesRun(int first, int count, int free) {
        if (log.isTold()) {
            tell(new KernelStep.AllocateRun(first, count, free));
            log.tellTogether(true);
        }
    }

    /** The out-of-memory killer ends a process that holds a number of pages. */
    public void kills(int pid, long pages) {
        if (log.isTold()) {
            tell(new KernelStep.Killed(pid, pages));
        }
    }

    /** A frame comes from somewhere, or {@link FrameTable#NONE} does. */
    public void allocates(Supply supply, int frame, int free) {
        if (log.isTold()) {
            tell(new Allocate(supply, frame == NONE ? null : frame, free));
        }
    }

    /** The kernel begins to look for a page that may leave. */
    public void chooses() {
        if (log.isTold()) {
            log.beginChoice();
        }
    }

    /** It has found none, and the request goes on without. */
    public void noVictim() {
        if (log.isTold()) {
            tell(new KernelStep.NoVictim());
        }
    }

    /** It has found none, and needs none. */
    public void choosesNone() {
        if (log.isTold()) {
            log.endChoice();
        }
    }

    /** A page leaves its frame. */
    public void victim(KernelStep.Victim victim) {
        if (!whole) {
            tell(victim);
        }
    }

    /** A page's entry becomes invalid, and names a slot or {@link FrameTable#NONE}. */
    public void unmaps(int pid, long page, int frame, int slot) {
        if (log.isTold()) {
            tell(new KernelStep.Unmap(pid, page, frame, slot == NONE ? null : slot));
        }
    }

    /** A frame is written to a slot. */
    public void writesToSlot(int frame, int slot) {
        if (log.isTold()) {
            tell(new KernelStep.WriteBack(frame, slot, null, null, background));
        }
    }

    /** A frame is written to a page of a file. */
    public void writesToFile(int frame, String file, long page) {
        if (log.isTold()) {
            tell(new KernelStep.WriteBack(frame, null, file, page, background));
        }
    }

    /** A frame is filled with zeros. */
    public void zeros(int frame) {
        if (log.isTold()) {
            tell(new Load(KernelStep.Content.ZEROS, frame, null, null, null, background));
        }
    }

    /** A slot is read into a frame. */
    public void reads(int frame, int slot) {
        if (log.isTold()) {
            tell(new Load(KernelStep.Content.SLOT, frame, slot, null, null, background));
        }
    }

    /** A page of a file is read into a frame. */
    public void readsFile(int frame, String file, long page) {
        if (log.isTold()) {
            tell(new Load(KernelStep.Content.FILE, frame, null, file, page, background));
        }
    }

    /** A page of a page table is read into a frame. */
    public void readsTable(int frame) {
        if (log.isTold()) {
            Integer into = frame == NONE ? null : frame;
            tell(new Load(KernelStep.Content.TABLE, into, null, null, null, background));
        }
    }

    /** A frame is copied to another. */
    public void copies(int from, int to) {
        if (log.isTold()) {
            tell(new KernelStep.Copy(from, to));
        }
    }

    /** The last sharer of a frame keeps it. */
    public void keeps(int pid, long page, int frame) {
        if (log.isTold()) {
            tell(new KernelStep.Keep(pid, page, frame));
        }
    }

    /** A frame becomes a page of a process's page table. */
    public void tableFrame(int pid, int frame) {
        if (log.isTold()) {
            tell(new KernelStep.TableFrame(pid, frame));
        }
    }

    /** A page's entry becomes valid; its permission bits say what it allows. */
    public void maps(int pid, long page, int frame, long bits) {
        if (log.isTold()) {
            tell(new KernelStep.Map(pid, page, frame, Pte.protection(bits), Pte.isCow(bits)));
        }
    }
}

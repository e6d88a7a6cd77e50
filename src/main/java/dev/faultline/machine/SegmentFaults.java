package dev.faultline.machine;

import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.tables.Permissions;
import dev.faultline.machine.tables.Story;

/**
 * What the kernel does at a fault of a process with whole segments, in the order of {@link
 * #resolve}: is there a segment, and is the access within its limit? Is it allowed? Then the
 * segment is brought in, and the access runs again.
 */
final class SegmentFaults implements MemoryModel.Faults {

    /** Lengthens the segment of a stack. */
    interface StackGrowth {

        /** Lets a stack reach down to a page. Returns whether there was room. */
        boolean growStack(Task task, MemoryArea stack, long vpn);
    }

    private final Segments segments;
    private final StackGrowth stacks;
    private final Accounting accounting;
    private final Story story;
    private final Permissions permissions;
    private final int offsetBits;
    private final long stackBytes;

    SegmentFaults(Parts parts, Segments segments, StackGrowth stacks) {
        this.segments = segments;
        this.stacks = stacks;
        this.accounting = parts.accounting();
        this.story = parts.story();
        this.permissions = new Permissions(parts.spec());
        this.offsetBits = parts.spec().offsetBits();
        this.stackBytes = parts.spec().limits().stackBytes();
    }

    /** Resolves the fault of an access. */
    @Override
    public Fault.Resolution resolve(PageFault fault) {
        Task task = fault.task();
        long address = fault.address();
        MemoryArea area = task.space().areaAt(address >>> offsetBits);
        story.area(area, address >>> offsetBits, fault.op());
        if (area == null || address < area.start()) {
            return growStack(fault);
        }
        if (address + fault.size() > area.end()) {
            return fault.signal(
                    Signal.Code.SEGV_MAPERR,
                    "the limit is " + area.length() + " bytes, and the access ends beyond it");
        }
        if (!permissions.allow(area, fault.op())) {
            return forbidden(fault, "area", area);
        }
        Segment segment = Segments.table(task).at(address);
        if (segment == null || !segments.bringIn(fault, segment)) {
            return fault.signal(
                    Signal.Code.BUS_ADRERR,
                    "no hole is large enough for the segment, nor can one be made");
        }
        return accounting.pageFault(
                fault, fault.isMajor() ? Fault.Resolution.SWAP_IN : Fault.Resolution.ZERO_FILL);
    }

    private Fault.Resolution growStack(PageFault fault) {
        Task task = fault.task();
        long vpn = fault.address() >>> offsetBits;
        MemoryArea stack = task.space().stackAbove(vpn);
        if (stack == null || !task.space().mayGrowStack(vpn, stackBytes)) {
            return fault.signal(Signal.Code.SEGV_MAPERR, "the address is beyond every limit");
        }
        if (!permissions.allow(stack, fault.op())) {
            return forbidden(fault, "stack", stack);
        }
        if (!stacks.growStack(task, stack, vpn)) {
            return fault.signal(Signal.Code.SEGV_MAPERR, "there is no room for the stack to grow");
        }
        story.stackGrows(stack, vpn);
        return accounting.pageFault(fault, Fault.Resolution.STACK_GROWTH);
    }

    private static Fault.Resolution forbidden(PageFault fault, String what, MemoryArea area) {
        return fault.signal(
                Signal.Code.SEGV_ACCERR,
                "the " + what + " is " + Protection.format(area.protection()));
    }
}

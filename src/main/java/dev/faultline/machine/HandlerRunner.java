package dev.faultline.machine;

import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.tables.Story;

import org.jspecify.annotations.Nullable;

/** Runs the handlers of processes, with no more rights than the process has. */
final class HandlerRunner {

    /** The most faults on either side of one byte of a copy before the copy is given up. */
    private static final int MOST_FAULTS = 8;

    private final FaultHandler kernelHandler;
    private final MemoryCalls calls;
    private final Unmapper unmapper;
    private final FrameMarks marks;
    private final PhysicalMemory memory;
    private final Story story;
    private final ReplacementPolicy policy;
    private final long pageSize;
    private final long spaceSize;
    private final int offsetBits;

    /** A fault of the handler's own accesses. */
    private final PageFault fault;

    HandlerRunner(Parts parts, FaultHandler kernelHandler, MemoryCalls calls, Unmapper unmapper) {
        this.kernelHandler = kernelHandler;
        this.calls = calls;
        this.unmapper = unmapper;
        this.memory = parts.memory();
        this.story = parts.story();
        this.marks = parts.frames().marks();
        this.policy = parts.policy();
        this.pageSize = parts.spec().pageSize();
        this.spaceSize = 1L << parts.spec().addressBits();
        this.offsetBits = parts.spec().offsetBits();
        this.fault = new PageFault(offsetBits);
    }

    /** Runs a process's handler for a fault. Answers why it stopped half-way, or null. */
    @Nullable String run(Task task, long faultAddress) {
        long page = faultAddress & -pageSize;
        for (UserHandler.Action action : task.handler().actions()) {
            String trouble =
                    switch (action) {
                        case UserHandler.Protect protect -> protect(task, protect, page);
                        case UserHandler.Map map -> map(task, map, page);
                        case UserHandler.Unmap unmap -> unmap(task, unmap, page);
                        case UserHandler.Copy copy -> copy(task, copy, page);
                    };
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }

    private @Nullable String protect(Task task, UserHandler.Protect action, long page) {
        long start = action.at().address(page);
        String bad = badRange("protect", start, action.length(), true);
        story.handlerActs("protect", start, action.length(), action.protection());
        return bad != null
                ? bad
                : refusal(
                        "protect",
                        calls.protect(
                                task,
                                new Command.Protect(
                                        task.pid(), start, action.length(), action.protection())));
    }

    private @Nullable String map(Task task, UserHandler.Map action, long page) {
        long start = action.at().address(page);
        String bad = badRange("map", start, action.length(), true);
        story.handlerActs("map", start, action.length(), action.protection());
        return bad != null
                ? bad
                : refusal(
                        "map",
                        calls.map(
                                task,
                                new Command.Map(
                                        task.pid(),
                                        start,
                                        action.length(),
                                        action.protection(),
                                        action.backing(),
                                        false)));
    }

    private @Nullable String unmap(Task task, UserHandler.Unmap action, long page) {
        long start = action.at().address(page);
        String bad = badRange("unmap", start, action.length(), true);
        story.handlerActs("unmap", start, action.length(), 0);
        return bad != null ? bad : refusal("unmap", calls.unmap(task, start, action.length()));
    }

    private @Nullable String badRange(String word, long start, long length, boolean aligned) {
        if (start < 0 || start >= spaceSize || length > spaceSize - start) {
            return "its " + word + " reaches beyond the address space";
        }
        return aligned && start % pageSize != 0
                ? "its " + word + " is at 0x" + Long.toHexString(start) + ", inside a page"
                : null;
    }

    private static @Nullable String refusal(String word, Outcome outcome) {
        return outcome instanceof Outcome.Refused(String error, String why)
                ? "its " + word + " was refused (" + error + "): " + why
                : null;
    }

    /** Copies up to 8 bytes at a time, as a loop of the process itself would. */
    private @Nullable String copy(Task task, UserHandler.Copy action, long page) {
        long from = action.from().address(page);
        long to = action.to().address(page);
        story.handlerCopies(from, to, action.length());
        String bad = badRange("copy", from, action.length(), false);
        if (bad == null) {
            bad = badRange("copy", to, action.length(), false);
        }
        long done = 0;
        while (bad == null && done < action.length()) {
            long source = from + done;
            long target = to + done;
            long inPages = Math.min(pageSize - source % pageSize, pageSize - target % pageSize);
            int size = (int) Math.min(8, Math.min(action.length() - done, inPages));
            int frame = frame(task, source, Op.READ);
            long value = frame < 0 ? 0 : memory.read(frame, source % pageSize, size);
            int into = frame < 0 ? frame : frame(task, target, Op.WRITE);
            if (into < 0) {
                bad =
                        "its copy from 0x"
                                + Long.toHexString(source)
                                + " to 0x"
                                + Long.toHexString(target)
                                + " faults itself: "
                                + fault.why();
            } else if (!memory.write(into, target % pageSize, size, value)) {
                bad = "its copy has no room: " + FaultHandler.CONTENT;
            }
            done += size;
        }
        return bad;
    }

    /** The frame of a byte that the process touches, brought in if necessary, or -1. */
    private int frame(Task task, long address, int op) {
        long vpn = address >>> offsetBits;
        for (int met = 0; !Pte.allows(task.table().get(vpn), op); met++) {
            fault.begin(task, address, 1, op);
            Fault.Resolution resolution = kernelHandler.meet(fault);
            if (resolution == Fault.Resolution.SIGNAL || met == MOST_FAULTS) {
                return -1;
            }
        }
        long pte = task.table().get(vpn);
        long used = Pte.ACCESSED | (op == Op.WRITE ? Pte.DIRTY : 0);
        if ((pte & used) != used) {
            task.table().set(vpn, pte | used);
            marks.forget(Pte.frame(pte));
        }
        if (op == Op.WRITE) {
            unmapper.dirtied(task, vpn, Pte.frame(pte));
        }
        if (policy.watchesReferences()) {
            policy.onAccess(Pte.frame(pte));
        }
        return Pte.frame(pte);
    }
}

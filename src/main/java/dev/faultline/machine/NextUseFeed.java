package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.tables.FrameTable;

import org.jspecify.annotations.Nullable;

/** Feeds the future reference string to policies that need it (OPT). */
final class NextUseFeed {

    private final ReplacementPolicy policy;
    private final Tasks tasks;
    private final int frames;
    private final ReverseMap reverse;
    private final MachineSpec spec;
    private final HostAccount account;
    private final boolean wanted;

    NextUseFeed(Parts parts, HostAccount account) {
        this.account = account;
        this.policy = parts.policy();
        this.tasks = parts.tasks();
        this.frames = parts.spec().frames();
        this.reverse = parts.reverse();
        this.spec = parts.spec();
        this.wanted = spec.replacement().needsFuture();
    }

    /** The accesses of a block are to come, of a process or of those that it names. */
    void tell(@Nullable Task task, AccessBlock block) {
        if (!wanted) {
            return;
        }
        NextUses nextUses = new NextUses(block.count(), account);
        for (int at = block.count() - 1; at >= 0; at--) {
            if (block.op(at) == Op.TICK) {
                nextUses.precedeByNone();
                continue;
            }
            int whose = task == null ? Tasks.KERNEL : task.asid();
            if (block.hasPids()) {
                whose = tasks.has(block.pid(at)) ? tasks.get(block.pid(at)).asid() : Tasks.KERNEL;
            }
            long address = AccessBlock.address(block.words()[at]);
            nextUses.precede(whose, address >>> spec.offsetBits());
        }
        policy.forgetFuture();
        tell(ReplacementPolicy.ANYBODY, nextUses);
    }

    /** Nothing is to come that is known. */
    void forget() {
        if (wanted) {
            policy.forgetFuture();
        }
    }

    /** What is left of the programs of all processes is to come. */
    void tellOfPrograms() {
        if (!wanted) {
            return;
        }
        policy.forgetFuture();
        for (Task task : tasks) {
            ProgramRun run = task.program();
            if (run != null && !task.isTerminated()) {
                tell(task.asid(), run.nextUses(task.asid(), account));
            }
        }
    }

    /** Tells what is to come of an owner, and where first for each of its frames. */
    private void tell(int owner, NextUses nextUses) {
        account.need((long) Integer.BYTES * frames);
        int[] firstUses = new int[frames];
        for (int frame = 0; frame < firstUses.length; frame++) {
            boolean its = owner == ReplacementPolicy.ANYBODY;
            int first = ReplacementPolicy.NEVER;
            for (int node = reverse.firstNode(frame);
                    node != FrameTable.NONE;
                    node = reverse.nextNode(node)) {
                its |= reverse.pid(node) == owner;
                first = Math.min(first, nextUses.firstUse(reverse.pid(node), reverse.vpn(node)));
            }
            firstUses[frame] = its ? first : ReplacementPolicy.NONE;
        }
        policy.foresee(owner, nextUses.nextUses(), firstUses);
    }
}

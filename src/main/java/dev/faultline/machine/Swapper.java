package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.EventLog;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.SwapSpace;

import java.util.stream.LongStream;

/**
 * Swaps whole processes out to the backing store and back in, beside paging (lecture 16,
 * "Swapping").
 *
 * <p>A process that goes out loses the frames that only it maps; shared frames stay for the others.
 * It comes back when it is told to or runs again. The pages it had are read in while frames are
 * free, and the rest at their faults.
 */
final class Swapper {

    private final FrameTable frames;
    private final SwapSpace swap;
    private final MemoryObjects objects;
    private final ReverseMap reverse;
    private final EvictableFrames evictable;
    private final Evictor evictor;
    private final MemoryModel model;
    private final FrameRequest request = new FrameRequest();
    private final Accounting accounting;

    Swapper(Parts parts, EvictableFrames evictable, Evictor evictor, MemoryModel model) {
        this.frames = parts.frames();
        this.swap = parts.swap();
        this.objects = parts.objects();
        this.reverse = parts.reverse();
        this.evictable = evictable;
        this.evictor = evictor;
        this.model = model;
        this.accounting = parts.accounting();
    }

    /** Swaps a process out, or refuses if its dirty pages would not fit into the store. */
    Outcome out(Task task) {
        if (task.isSwappedOut()) {
            return new Outcome.Unchanged();
        }
        LongStream.Builder owned = LongStream.builder();
        int[] dirty = {0};
        task.table()
                .forEach(
                        (vpn, pte) -> {
                            if (Pte.isValid(pte) && isItsOwn(Pte.frame(pte))) {
                                owned.add(vpn);
                                dirty[0] += evictable.needsSlot(Pte.frame(pte)) ? 1 : 0;
                            }
                        });
        int free = swap.size() - swap.used();
        if (dirty[0] > free) {
            return new Outcome.Refused(
                    "ENOMEM",
                    "the process has "
                            + dirty[0]
                            + " dirty pages and the store "
                            + free
                            + " free slots");
        }
        long[] pages = owned.build().toArray();
        request.forTable(task);
        for (long vpn : pages) {
            int frame = Pte.frame(task.table().get(vpn));
            evictor.evictAndFree(frame, request, Counter.PROCESS_EVICTIONS);
        }
        task.swapOut(pages);
        accounting
                .events()
                .process(Event.Kind.SWAP_OUT, accounting.now(), task.pid(), EventLog.NONE);
        return new Outcome.Done();
    }

    private boolean isItsOwn(int frame) {
        return reverse.users(frame) == 1
                && !evictable.isLocked(frame)
                && (frames.object(frame) == FrameTable.NONE
                        || objects.fileOf(frames.object(frame)) != null);
    }

    /** Swaps a process back in. */
    Outcome in(Task task) {
        if (!task.isSwappedOut()) {
            return new Outcome.Unchanged();
        }
        accounting
                .events()
                .process(Event.Kind.SWAP_IN, accounting.now(), task.pid(), EventLog.NONE);
        model.comeBack(task, task.swapIn());
        return new Outcome.Done();
    }
}

package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.ForkView;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

/**
 * What a fork cost when it was made.
 *
 * @param entries page-table entries duplicated
 * @param framesCopied frames copied
 * @param eagerCopies pages that an eager fork would have copied: the private ones, in memory and in
 *     the store
 * @param parentCopies copies that the parent had made on writes before
 * @param parentReuses frames that the parent had kept on writes before
 */
record ForkAccount(
        long entries, long framesCopied, long eagerCopies, long parentCopies, long parentReuses) {

    /** What a fork of a parent costs that is made now. */
    static ForkAccount of(Task parent, long entries, long framesCopied, long eagerCopies) {
        return new ForkAccount(
                entries,
                framesCopied,
                eagerCopies,
                parent.counters().get(Counter.COW_COPIES),
                parent.counters().get(Counter.COW_REUSES));
    }

    /** The cost so far, given the counters of child and parent. */
    ForkView view(Counters child, Counters parent) {
        return new ForkView(
                entries,
                framesCopied,
                child.get(Counter.COW_COPIES) + parent.get(Counter.COW_COPIES) - parentCopies,
                child.get(Counter.COW_REUSES) + parent.get(Counter.COW_REUSES) - parentReuses,
                eagerCopies);
    }

    void save(StateWriter out) {
        out.writeLong(entries);
        out.writeLong(framesCopied);
        out.writeLong(eagerCopies);
        out.writeLong(parentCopies);
        out.writeLong(parentReuses);
    }

    static ForkAccount load(StateReader in) {
        return new ForkAccount(
                in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}

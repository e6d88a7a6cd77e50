package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.Costs;

import org.jspecify.annotations.Nullable;

/** Counts accesses, many at a time: their kinds and the time they took. */
final class AccessAccounting {

    private final Accounting accounting;
    private final Cpus cpus;
    private final Costs costs;

    AccessAccounting(Parts parts) {
        this.accounting = parts.accounting();
        this.cpus = parts.cpus();
        this.costs = parts.spec().costs();
    }

    /**
     * Counts accesses of one process by kind (read, write, execute). This is done for as many at
     * once as possible, because nothing depends on it earlier.
     */
    void kinds(@Nullable Task task, long[] words, int from, int to) {
        if (task == null) {
            return;
        }
        long writes = 0;
        long executes = 0;
        for (int i = from; i < to; i++) {
            writes += words[i] >>> AccessBlock.OP_SHIFT & 1;
            executes += words[i] >>> AccessBlock.OP_SHIFT + 1;
        }
        accounting.count(task, Counter.READS, to - from - writes - executes);
        accounting.count(task, Counter.WRITES, writes);
        accounting.count(task, Counter.EXECUTES, executes);
    }

    /**
     * Counts accesses of one process and the time they took in an MMU. Returns whether one of their
     * look-ups missed.
     *
     * @param data how many of the accesses reached their datum
     */
    boolean settle(@Nullable Task task, Mmu mmu, int count, int data) {
        if (task == null || count == 0) {
            return false;
        }
        accounting.count(task, Counter.ACCESSES, count);
        long misses = mmu.takeMisses();
        if (cpus.isPresent()) {
            accounting.count(task, Counter.TLB_HITS, count - misses);
            accounting.count(task, Counter.TLB_MISSES, misses);
            long lookUps = count;
            if (cpus.hasSecondLevel()) {
                long secondHits = mmu.takeSecondHits();
                accounting.count(task, Counter.TLB_SECOND_HITS, secondHits);
                lookUps += misses + secondHits;
            }
            accounting.spend(task, Counter.TLB_TICKS, lookUps * costs.tlbLookup());
        }
        accounting.spend(task, Counter.DATA_TICKS, data * costs.memoryReference());
        walks(task, mmu);
        return misses > 0;
    }

    /** Counts the walks made since the last call. */
    void walks(Task task, Mmu mmu) {
        long references = mmu.takeWalkReferences();
        accounting.count(task, Counter.WALK_REFERENCES, references);
        accounting.count(task, Counter.WALK_CACHE_HITS, mmu.takeWalkCacheHits());
        accounting.spend(task, Counter.WALK_TICKS, references * costs.memoryReference());
    }
}

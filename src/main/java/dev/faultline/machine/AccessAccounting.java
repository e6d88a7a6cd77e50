package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.Costs;

import org.jspecify.annotations.Nullable;

/**
 * Enters accesses into the machine's accounts, many at a time: what they were and what they took.
 */
final class AccessAccounting {

    private final Accounting accounting;
    private final Cpus cpus;
    private final Costs costs;

    AccessAccounting(Parts parts, Accounting accounting) {
        this.accounting = accounting;
        this.cpus = parts.cpus();
        this.costs = parts.spec().costs();
    }

    /**
     * Counts of accesses, all of one process, how many read, write and execute: once for as many as
     * possible, because nothing depends on it before.
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
     * Counts accesses of one process, of which {@code data} have reached their datum, and the time
     * they took in an MMU. Answers whether one of their look-ups missed.
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

    /** Counts the walks that were made since the last were counted. */
    void walks(Task task, Mmu mmu) {
        long references = mmu.takeWalkReferences();
        accounting.count(task, Counter.WALK_REFERENCES, references);
        accounting.count(task, Counter.WALK_CACHE_HITS, mmu.takeWalkCacheHits());
        accounting.spend(task, Counter.WALK_TICKS, references * costs.memoryReference());
    }
}

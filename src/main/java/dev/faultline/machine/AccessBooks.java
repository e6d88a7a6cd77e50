package dev.faultline.machine;

import dev.faultline.machine.hardware.Mmu;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.Costs;

import org.jspecify.annotations.Nullable;

/**
 * Enters accesses into the machine's accounts, many at a time: what they were and what they took.
 */
final class AccessBooks {

    private final Books books;
    private final Cpus cpus;
    private final Costs costs;

    AccessBooks(Parts parts, Books books) {
        this.books = books;
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
        books.count(task, Counter.READS, to - from - writes - executes);
        books.count(task, Counter.WRITES, writes);
        books.count(task, Counter.EXECUTES, executes);
    }

    /**
     * Counts accesses of one process, of which {@code data} have reached their datum, and the time
     * they took in an MMU. Answers whether one of their look-ups missed.
     */
    boolean settle(@Nullable Task task, Mmu mmu, int count, int data) {
        if (task == null || count == 0) {
            return false;
        }
        books.count(task, Counter.ACCESSES, count);
        long misses = mmu.takeMisses();
        if (cpus.isPresent()) {
            books.count(task, Counter.TLB_HITS, count - misses);
            books.count(task, Counter.TLB_MISSES, misses);
            long lookUps = count;
            if (cpus.hasSecondLevel()) {
                long secondHits = mmu.takeSecondHits();
                books.count(task, Counter.TLB_SECOND_HITS, secondHits);
                lookUps += misses + secondHits;
            }
            books.spend(task, Counter.TLB_TICKS, lookUps * costs.tlbLookup());
        }
        books.spend(task, Counter.DATA_TICKS, data * costs.memoryReference());
        walks(task, mmu);
        return misses > 0;
    }

    /** Counts the walks that were made since the last were counted. */
    void walks(Task task, Mmu mmu) {
        long references = mmu.takeWalkReferences();
        books.count(task, Counter.WALK_REFERENCES, references);
        books.count(task, Counter.WALK_CACHE_HITS, mmu.takeWalkCacheHits());
        books.spend(task, Counter.WALK_TICKS, references * costs.memoryReference());
    }
}

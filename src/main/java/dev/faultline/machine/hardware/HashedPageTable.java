package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A hashed page table for one process. An entry is in the chain of bucket <i>page number mod
 * buckets</i>. A walk costs one memory reference for the bucket and one for each element that it
 * reads. The table's size depends on the number of mapped pages, not on where they are.
 */
public final class HashedPageTable implements PageTable {

    private final HostBudget budget;
    private HashChains chains;
    private long count;

    /** An empty table with this many buckets, charged to the budget. */
    public HashedPageTable(int buckets, HostBudget budget) {
        this.budget = budget;
        chains = new HashChains(buckets, 0);
        budget.charge(Translation.ANCHOR_BYTES * buckets);
        budget.needMore(chains.hostBytes());
    }

    private int bucket(long vpn) {
        return (int) (vpn % chains.anchorCount());
    }

    private int find(long vpn) {
        return chains.find(bucket(vpn), 0, vpn);
    }

    @Override
    public long get(long vpn) {
        int place = find(vpn);
        return place == HashChains.NONE ? 0 : chains.entry(place);
    }

    @Override
    public int references() {
        return chains.examined();
    }

    @Override
    public List<TableReference> path(long vpn) {
        return chains.path(bucket(vpn), 0, vpn);
    }

    @Override
    public boolean prepare(long vpn) {
        return budget.has(Translation.ELEMENT_BYTES) || find(vpn) != HashChains.NONE;
    }

    @Override
    public void set(long vpn, long pte) {
        int place = find(vpn);
        if (place != HashChains.NONE && pte != 0) {
            chains.setEntry(place, pte);
        } else if (place != HashChains.NONE) {
            chains.remove(place, bucket(vpn));
            budget.give(Translation.ELEMENT_BYTES);
            count--;
        } else if (pte != 0) {
            chains.insert(allocate(), bucket(vpn), 0, vpn, pte);
            budget.charge(Translation.ELEMENT_BYTES);
            count++;
        }
    }

    private int allocate() {
        long before = chains.hostBytes();
        int place = chains.allocate();
        budget.needMore(chains.hostBytes() - before);
        return place;
    }

    @Override
    public long copyBytes() {
        return bytes() + 2 * chains.hostBytes();
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        forEach(
                to - from < chains.size()
                        ? LongStream.range(from, to)
                        : LongStream.of(chains.pagesOf(0, from, to)),
                visitor);
    }

    @Override
    public long bytes() {
        return Translation.ANCHOR_BYTES * chains.anchorCount() + Translation.ELEMENT_BYTES * count;
    }

    @Override
    public long hostBytes() {
        return bytes();
    }

    @Override
    public void saveMemory(StateWriter out) {
        chains.save(out);
        out.writeLong(count);
    }

    @Override
    public void loadMemory(StateReader in) {
        long before = chains.hostBytes();
        chains.load(in);
        budget.needMore(chains.hostBytes() - before);
        count = in.readLong();
        budget.charge(Translation.ELEMENT_BYTES * count);
    }

    @Override
    public void release() {
        budget.give(bytes());
        budget.needMore(-chains.hostBytes());
        chains = new HashChains(1, 0);
        count = 0;
    }
}

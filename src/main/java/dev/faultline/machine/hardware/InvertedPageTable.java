package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;
import java.util.stream.LongStream;

/**
 * One process's part of the machine's {@link InvertedTable}. The hardware's table only says which
 * page each frame holds. Entries of pages that are in no frame are in a second table of the
 * kernel's, which no walk reads.
 */
public final class InvertedPageTable implements PageTable {

    private final int asid;
    private final InvertedTable table;
    private final PageTable absent;
    private long count;

    /**
     * The part of address space {@code asid}.
     *
     * @param absent the kernel's table of pages that are not in memory
     */
    public InvertedPageTable(int asid, InvertedTable table, PageTable absent) {
        this.asid = asid;
        this.table = table;
        this.absent = absent;
    }

    @Override
    public long get(long vpn) {
        int place = table.find(asid, vpn);
        return place == HashChains.NONE ? absent.get(vpn) : table.entry(place);
    }

    @Override
    public int references() {
        return table.references();
    }

    @Override
    public List<TableReference> path(long vpn) {
        return table.path(asid, vpn);
    }

    @Override
    public boolean prepare(long vpn) {
        return absent.prepare(vpn);
    }

    @Override
    public void set(long vpn, long pte) {
        int place = table.find(asid, vpn);
        boolean there = place != HashChains.NONE;
        if (there && Pte.isValid(pte) && Pte.frame(pte) == Pte.frame(table.entry(place))) {
            table.setEntry(place, pte);
            return;
        }
        if (there) {
            table.remove(place);
            count--;
        }
        if (Pte.isValid(pte)) {
            table.insert(asid, vpn, pte);
            count++;
        }
        absent.set(vpn, Pte.isValid(pte) ? 0 : pte);
    }

    @Override
    public void forEach(long from, long to, Visitor visitor) {
        forEach(
                to - from < table.size()
                        ? LongStream.range(from, to)
                        : LongStream.concat(
                                        LongStream.of(table.pagesOf(asid, from, to)),
                                        LongStream.of(absent.pages(from, to, pte -> true)))
                                .sorted(),
                visitor);
    }

    /** Bytes of its elements in the machine's table. */
    @Override
    public long bytes() {
        return Translation.ELEMENT_BYTES * count;
    }

    @Override
    public long hostBytes() {
        return absent.hostBytes();
    }

    @Override
    public long copyBytes() {
        return absent.copyBytes();
    }

    @Override
    public void saveMemory(StateWriter out) {
        absent.saveMemory(out);
    }

    @Override
    public void loadMemory(StateReader in) {
        absent.loadMemory(in);
    }

    @Override
    public void restore(long vpn, long pte) {
        if (Pte.isValid(pte)) {
            count++; // its element is back already
        } else {
            absent.restore(vpn, pte);
        }
    }

    @Override
    public void release() {
        for (long vpn : table.pagesOf(asid, 0, Long.MAX_VALUE)) {
            table.remove(table.find(asid, vpn));
        }
        count = 0;
        absent.release();
    }
}

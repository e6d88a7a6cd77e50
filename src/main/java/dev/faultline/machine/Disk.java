package dev.faultline.machine;

/**
 * What moving pages to and from the disk costs. It moves whole blocks: a page larger than a block
 * is several transfers, and a smaller one still a block. To write less than a block, the disk has
 * to read the block first (row P9).
 */
final class Disk {

    private final Books books;
    private final Costs costs;
    private final long blocks;
    private final boolean partial;

    Disk(MachineSpec spec, Books books) {
        this.books = books;
        this.costs = spec.costs();
        this.blocks = Math.max(1, spec.pageSize() / spec.blockSize());
        this.partial = spec.pageSize() < spec.blockSize();
    }

    /** A page is read from the store. */
    void swapIn(Task task) {
        read(task, Counter.SWAP_INS, Counter.STORE_TICKS, costs.swapIn());
    }

    /** A page is written to the store. */
    void swapOut(Task task) {
        write(task, Counter.SWAP_OUTS, Counter.STORE_TICKS, costs.swapIn(), costs.swapOut());
    }

    /** A page of a file is read. */
    void fileIn(Task task) {
        read(task, Counter.FILE_INS, Counter.FILE_TICKS, costs.fileIn());
    }

    /** A page of a file is written. */
    void fileOut(Task task) {
        write(task, Counter.FILE_OUTS, Counter.FILE_TICKS, costs.fileIn(), costs.fileOut());
    }

    private void read(Task task, Counter pages, Counter on, long cost) {
        books.count(task, pages);
        books.count(task, Counter.BLOCK_READS, blocks);
        books.spend(task, on, costs.seek() + blocks * cost);
    }

    private void write(Task task, Counter pages, Counter on, long readCost, long cost) {
        books.count(task, pages);
        if (partial) {
            books.count(task, Counter.BLOCK_READS);
            books.spend(task, on, readCost);
        }
        books.count(task, Counter.BLOCK_WRITES, blocks);
        books.spend(task, on, costs.seek() + blocks * cost);
    }
}

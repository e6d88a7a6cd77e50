package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

/**
 * A page-table entry of one page of one process.
 *
 * <p>With a frame the page is resident, with a slot it is swapped out, with neither it has no
 * contents. It never has both: a resident page's slot is known to its frame.
 */
final class PageEntry {

    final int pid;
    final long vpn;

    @Nullable Frame frame;
    @Nullable Slot slot;

    boolean readable;
    boolean writable;
    boolean executable;
    boolean accessed;
    boolean dirty;

    /** Set by fork, and anew at each swap-in while others share the page. */
    boolean copyOnWrite;

    PageEntry(int pid, long vpn) {
        this.pid = pid;
        this.vpn = vpn;
    }

    boolean hasContents() {
        return frame != null || slot != null;
    }

    boolean allows(char operation) {
        return switch (operation) {
            case 'r' -> readable;
            case 'w' -> writable;
            case 'x' -> executable;
            default -> throw new IllegalArgumentException("operation " + operation);
        };
    }
}

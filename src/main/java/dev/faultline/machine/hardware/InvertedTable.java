package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * The machine's inverted page table: one element for each frame, in hash chains that start in an
 * anchor table. The hash is <i>(page number xor address-space number) mod anchors</i>. If several
 * pages map one frame (aliases), the second and later ones get elements of their own behind those
 * of the frames. Sharing then works as with any other table, and only the cost differs.
 */
public final class InvertedTable {

    private final HashChains chains;
    private final int frames;
    private long aliases;

    /** An empty table for a machine with this many frames. */
    public InvertedTable(int anchors, int frames) {
        this.chains = new HashChains(anchors, frames);
        this.frames = frames;
    }

    private int anchor(int asid, long vpn) {
        return (int) ((vpn ^ asid) % chains.anchorCount());
    }

    /** The place of a page's element, or {@link HashChains#NONE}. */
    int find(int asid, long vpn) {
        return chains.find(anchor(asid, vpn), asid, vpn);
    }

    /** The memory references that {@link #find} makes. */
    List<TableReference> path(int asid, long vpn) {
        return chains.path(anchor(asid, vpn), asid, vpn);
    }

    /** Memory references of the last {@link #find}: the anchor, and each element read. */
    int references() {
        return chains.examined();
    }

    long entry(int place) {
        return chains.entry(place);
    }

    void setEntry(int place, long pte) {
        chains.setEntry(place, pte);
    }

    /**
     * Adds an element for a page that has none: at its frame's place, or behind the frames if that
     * is taken.
     */
    void insert(int asid, long vpn, long pte) {
        int frame = Pte.frame(pte);
        int place = frame;
        if (!chains.isEmpty(frame)) {
            place = chains.allocate();
            aliases++;
        }
        chains.insert(place, anchor(asid, vpn), asid, vpn, pte);
    }

    void remove(int place) {
        aliases -= place >= frames ? 1 : 0;
        chains.remove(place, anchor(chains.owner(place), chains.page(place)));
    }

    /** The number of places that a search through all elements looks at. */
    int size() {
        return chains.size();
    }

    /**
     * The pages of an address space in [{@code from}, {@code to}) that have elements, in ascending
     * order.
     */
    long[] pagesOf(int asid, long from, long to) {
        return chains.pagesOf(asid, from, to);
    }

    /** Host bytes of the elements of aliases. */
    public long hostBytes() {
        return chains.hostBytes() - Translation.ELEMENT_BYTES * frames;
    }

    /** The most host memory, in bytes, that this many more aliases need. */
    public long growth(long more) {
        return chains.growth(more);
    }

    /**
     * Bytes of simulated memory: the anchors, one element for each frame, and one for each alias.
     */
    public long bytes() {
        return Translation.ANCHOR_BYTES * chains.anchorCount()
                + Translation.ELEMENT_BYTES * (frames + aliases);
    }

    /** Saves the table. */
    public void save(StateWriter out) {
        chains.save(out);
        out.writeLong(aliases);
    }

    /** Restores the table. */
    public void load(StateReader in) {
        chains.load(in);
        aliases = in.readLong();
    }
}

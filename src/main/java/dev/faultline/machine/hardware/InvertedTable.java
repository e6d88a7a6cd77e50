package dev.faultline.machine.hardware;

import dev.faultline.machine.protocol.TableReference;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * The inverted page table of a whole machine: one element a frame, in hash chains that start at an
 * anchor table. The hash is the page number, with the address-space number by exclusive or, modulo
 * the number of anchors. Where several pages map a frame (aliases), the second and those after it
 * get elements of their own behind the frames', so that sharing works as with every other table and
 * only the cost differs.
 */
public final class InvertedTable {

    private final HashChains chains;
    private final int frames;
    private long aliases;

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

    /** What {@link #find} reads. */
    List<TableReference> path(int asid, long vpn) {
        return chains.path(anchor(asid, vpn), asid, vpn);
    }

    /** Memory references of the last {@link #find}: the anchor, and each element that it read. */
    int references() {
        return chains.examined();
    }

    long entry(int place) {
        return chains.entry(place);
    }

    void setEntry(int place, long pte) {
        chains.setEntry(place, pte);
    }

    /** Adds a page that has no element: at its frame's place, or behind if that is taken. */
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

    /** Places that a search through all elements looks at. */
    int size() {
        return chains.size();
    }

    /** The pages of an address space that have elements, from one to below another, in order. */
    long[] pagesOf(int asid, long from, long to) {
        return chains.pagesOf(asid, from, to);
    }

    /** Bytes of the host's memory that the elements of aliases take. */
    public long hostBytes() {
        return chains.hostBytes() - Translation.ELEMENT_BYTES * frames;
    }

    /** Bytes of the host's memory that so many aliases more may need. */
    public long growth(long more) {
        return chains.growth(more);
    }

    /** Bytes of simulated memory: the anchors, an element a frame, and one for each alias. */
    public long bytes() {
        return Translation.ANCHOR_BYTES * chains.anchorCount()
                + Translation.ELEMENT_BYTES * (frames + aliases);
    }

    public void save(StateWriter out) {
        chains.save(out);
        out.writeLong(aliases);
    }

    public void load(StateReader in) {
        chains.load(in);
        aliases = in.readLong();
    }
}

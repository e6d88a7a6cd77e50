package dev.faultline.machine.protocol;

import dev.faultline.machine.state.StateHash;

import java.nio.LongBuffer;
import java.util.Arrays;

/** A program whose accesses were written down one by one. */
public final class RecordedProgram implements Program {

    private final String id;
    private final long[] words;

    /** The words are accesses as a block packs them, each within one page. */
    private RecordedProgram(long[] words) {
        this.words = words;
        id = "list-" + StateHash.of(out -> out.writeLongs(words));
    }

    /**
     * The program of a block's contents. Each piece of an access that crosses pages becomes an
     * access.
     */
    public static RecordedProgram of(AccessBlock block) {
        return new RecordedProgram(Arrays.copyOf(block.words(), block.count()));
    }

    /** The program of accesses as {@link AccessBlock#words} packs them, each within one page. */
    public static RecordedProgram of(long[] words) {
        return new RecordedProgram(words.clone());
    }

    /** Its accesses, as {@link AccessBlock#words} packs them. */
    public long[] words() {
        return words.clone();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long count() {
        return words.length;
    }

    @Override
    public long fill(AccessBlock block, long from, long to) {
        int length = (int) (to - from);
        block.addPacked(LongBuffer.wrap(words, (int) from, length), length);
        return to;
    }

    @Override
    public long hostBytes() {
        return 8L * words.length;
    }
}

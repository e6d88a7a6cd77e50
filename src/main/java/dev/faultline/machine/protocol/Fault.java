package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A fault and how the kernel resolved it.
 *
 * @param major whether the page's own contents had to be read from the disk
 * @param evicted the page evicted to make room, or null
 * @param why the kernel's reason in words if the fault ended in a signal, otherwise null
 */
public record Fault(
        Type type,
        Resolution resolution,
        boolean major,
        @Nullable Eviction evicted,
        @Nullable String why) {

    /**
     * A frame that the policy considered. A field is null if the policy did not ask for it.
     *
     * @param remembered what the policy remembers of the frame (an age, a count, a time), or null
     * @param cleared whether the policy cleared its referenced bit at that moment
     */
    public record Candidate(
            int frame,
            @Nullable Boolean evictable,
            @Nullable Boolean referenced,
            @Nullable Boolean dirty,
            @Nullable Long remembered,
            boolean cleared) {}

    /**
     * How a victim was chosen.
     *
     * @param rule the policy's rule, in words
     * @param candidates the frames considered, in order
     * @param handBefore where the hand was before, or null if the policy has no hand
     * @param handAfter where the hand was after, or null if the policy has no hand
     */
    public record Choice(
            String rule,
            List<Candidate> candidates,
            @Nullable Integer handBefore,
            @Nullable Integer handAfter) {

        /** The most candidates that the evictions of one command record together. */
        public static final int MOST_CANDIDATES = 10_000;
    }

    /** What the hardware raised. */
    public enum Type {
        /** The entry was not valid. */
        @Numbered(1)
        PAGE("page"),
        /** The entry was valid but did not allow the access. */
        @Numbered(2)
        PROTECTION("protection");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** The word for it in JSON. */
        public String word() {
            return word;
        }
    }

    /** What the kernel did. */
    public enum Resolution {
        /** It gave the page a zero-filled frame. */
        @Numbered(1)
        ZERO_FILL("zero-fill"),
        /** It read the page from its swap slot. */
        @Numbered(2)
        SWAP_IN("swap-in"),
        /** It read the page from its file. */
        @Numbered(3)
        FILE_READ("file-read"),
        /**
         * It mapped a page that was already in memory, brought in by another process or read ahead.
         */
        @Numbered(4)
        MAP("map"),
        /** The frame was shared, so the writer got a copy. */
        @Numbered(5)
        COW_COPY("cow-copy"),
        /** No other page maps the frame any more, so the writer keeps it. */
        @Numbered(6)
        COW_REUSE("cow-reuse"),
        /** The table allows the access; the entry in this processor's TLB was stale. */
        @Numbered(7)
        UPGRADE("upgrade"),
        /** It grew the stack down to the page and gave the page a zero-filled frame. */
        @Numbered(8)
        STACK_GROWTH("stack-growth"),
        /** It ran the process's own handler. */
        @Numbered(9)
        HANDLED("handled"),
        /** It sent the process a signal. */
        @Numbered(10)
        SIGNAL("signal");

        private final String word;

        Resolution(String word) {
            this.word = word;
        }

        /** The word for it in JSON. */
        public String word() {
            return word;
        }
    }

    /**
     * A page that left memory.
     *
     * @param frame the frame it left
     * @param mappings the pages that mapped the frame; their entries are now invalid
     * @param dirty whether it was written to since it was loaded
     * @param writtenBack whether it was written to the backing store or its file
     * @param choice how it was chosen; null if there was no choice, or if earlier evictions of the
     *     command have used up {@link Choice#MOST_CANDIDATES}
     */
    public record Eviction(
            int frame,
            List<Mapping> mappings,
            boolean dirty,
            boolean writtenBack,
            @Nullable Choice choice) {}
}

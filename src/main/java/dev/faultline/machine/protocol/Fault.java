package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A fault and how the kernel resolved it.
 *
 * @param major whether the page's own contents were read from the backing store
 * @param evicted what had to leave memory for it
 * @param why for a signal, the kernel's reason in words
 */
public record Fault(
        Type type,
        Resolution resolution,
        boolean major,
        @Nullable Eviction evicted,
        @Nullable String why) {

    /**
     * A frame that the policy looked at; null is what it did not ask.
     *
     * @param remembered what the policy remembers of it (an age, a count, a time), or null
     * @param cleared whether its referenced bit was cleared then
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
     * @param rule in words
     * @param candidates the frames that were looked at, in order
     * @param handBefore where the hand was, or null if there is none
     */
    public record Choice(
            String rule,
            List<Candidate> candidates,
            @Nullable Integer handBefore,
            @Nullable Integer handAfter) {

        /** Candidates that the evictions of one command show together. */
        public static final int MOST_CANDIDATES = 10_000;
    }

    /** What the hardware raised. */
    public enum Type {
        PAGE("page"),
        PROTECTION("protection");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** What the kernel did. */
    public enum Resolution {
        /** The page was given a frame of zeros. */
        ZERO_FILL("zero-fill"),
        /** The page was read from its slot. */
        SWAP_IN("swap-in"),
        /** The page was read from its file. */
        FILE_READ("file-read"),
        /** The page was in memory already, brought in by another process or ahead of its use. */
        MAP("map"),
        /** The frame was shared: the writer got a copy. */
        COW_COPY("cow-copy"),
        /** No other page maps the frame any more: the writer keeps it. */
        COW_REUSE("cow-reuse"),
        /** The table allows it; what the TLB of this processor had was stale. */
        UPGRADE("upgrade"),
        /** A stack grew down to the page, which was given a frame of zeros. */
        STACK_GROWTH("stack-growth"),
        /** The process's own handler was run. */
        HANDLED("handled"),
        /** The process got a signal. */
        SIGNAL("signal");

        private final String word;

        Resolution(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * A page that left memory.
     *
     * @param frame the frame it left
     * @param mappings the pages that mapped the frame; all are invalid now
     * @param dirty whether it had been written since it was filled
     * @param writtenBack whether it was written to the backing store
     * @param choice how it was chosen, or null if there was no choice, or if the evictions before
     *     it have shown as many candidates as a command does
     */
    public record Eviction(
            int frame,
            List<Mapping> mappings,
            boolean dirty,
            boolean writtenBack,
            @Nullable Choice choice) {}
}

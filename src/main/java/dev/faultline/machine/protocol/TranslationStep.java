package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/** What the hardware does in an access; or the kernel, where it manages the TLB. */
public sealed interface TranslationStep extends Step {

    @Override
    default Kind kind() {
        return switch (this) {
            case Split split -> Kind.SPLIT;
            case LookUp lookUp -> Kind.TLB;
            case Walk walk -> Kind.WALK;
            case Check check -> Kind.CHECK;
            case Limit limit -> Kind.CHECK;
            case Beyond beyond -> Kind.CHECK;
            case Restart restart -> Kind.RESTART;
            case Fill fill -> Kind.FILL;
            case Memory memory -> Kind.MEMORY;
        };
    }

    /**
     * The address is split.
     *
     * @param page null without pages
     * @param index the segment, or null without segments
     */
    record Split(@Nullable Long page, @Nullable Long index, Long offset)
            implements TranslationStep {}

    /** A TLB is looked up; the way is null if none holds the page. */
    record LookUp(
            String tlb, Long page, Integer set, @Nullable Integer way, @Nullable Integer frame)
            implements TranslationStep {}

    /** A walk reads a word of the table; in software it is the kernel that walks. */
    record Walk(TableReference reference, boolean software) implements TranslationStep {
        @Override
        public Integer level() {
            return reference.level();
        }

        @Override
        public Long index() {
            return reference.index();
        }

        @Override
        public @Nullable Long address() {
            return reference.address();
        }

        @Override
        public Long word() {
            return reference.word();
        }
    }

    /** Where an entry was read. */
    enum Source {
        /** In a TLB. */
        TLB,
        /** In the page table. */
        TABLE
    }

    /**
     * An entry is checked.
     *
     * @param page the page that it is for
     * @param protection what it allows, a mask of {@link Protection}
     * @param cow whether it is shared until a write
     * @param marks whether the check sets the dirty bit in the table
     */
    record Check(
            Source source,
            Long page,
            Boolean valid,
            Boolean allowed,
            @Nullable Integer frame,
            @Nullable Integer slot,
            @Nullable Boolean dirty,
            int protection,
            boolean cow,
            boolean marks)
            implements TranslationStep {}

    /**
     * An access is compared with the limits of a segment.
     *
     * @param index the segment; null with relocation
     * @param valid whether the segment exists, the access is within it, and all of it is in memory
     * @param exists whether there is one
     * @param within whether the access is within its limits
     * @param start its first address
     * @param length its bytes
     * @param frame the frame of the byte; null if it is not in memory
     */
    record Limit(
            @Nullable Long index,
            Boolean valid,
            Boolean allowed,
            boolean exists,
            boolean within,
            long start,
            long length,
            int protection,
            @Nullable Integer frame)
            implements TranslationStep {}

    /** The address is beyond the last one of the space. */
    record Beyond(long last) implements TranslationStep {}

    /** The access runs again. */
    record Restart() implements TranslationStep {}

    /** A translation is loaded into a TLB, perhaps in place of another page's. */
    record Fill(
            String tlb,
            Integer set,
            Integer way,
            Long page,
            Integer frame,
            @Nullable Long replaced,
            boolean software)
            implements TranslationStep {}

    /** The byte is accessed, at its physical address. */
    record Memory(Integer frame, Long address, int op) implements TranslationStep {}
}

package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What happens at one moment of an access. The steps of an access, in their order, are its story:
 * what the hardware does is a {@link TranslationStep}, what the kernel does a {@link KernelStep}.
 *
 * <p>Most methods are the numbers that a step may have. One that does not apply to a step is null.
 */
public sealed interface Step permits TranslationStep, KernelStep {

    /** What a step is about. */
    enum Kind {
        /** The address is split into its parts. */
        SPLIT,
        /** A TLB is looked up. */
        TLB,
        /** An entry of the table is read. */
        WALK,
        /** What was found is checked: is it valid, and does it allow the access? */
        CHECK,
        /** The hardware raises a fault, or the kernel sends a signal. */
        FAULT,
        /** The kernel looks for the area of the address, or changes one. */
        AREA,
        /** A frame is found for a page, or has to be freed first. */
        ALLOCATE,
        /** The page that leaves is chosen. */
        VICTIM,
        /** An entry becomes invalid. */
        UNMAP,
        /** A page is written to the store or to its file. */
        WRITE_BACK,
        /** A frame is filled: from the store, from a file or with zeros. */
        LOAD,
        /** Bytes are copied within memory. */
        COPY,
        /** An entry becomes valid, or allows more. */
        MAP,
        /** The access runs again. */
        RESTART,
        /** A translation is loaded into a TLB. */
        FILL,
        /** The byte is accessed. */
        MEMORY
    }

    /**
     * A step that was told.
     *
     * @param times 1, or the number of like steps that are told together; the numbers are those of
     *     the first
     * @param ticks the cost of all of them
     */
    record Told(Step step, long times, long ticks) {}

    /** What it is about. */
    Kind kind();

    /** The process. */
    default @Nullable Integer pid() {
        return null;
    }

    /** The page number. */
    default @Nullable Long page() {
        return null;
    }

    /** The offset in the page, or in the segment. */
    default @Nullable Long offset() {
        return null;
    }

    /** The name of the TLB. */
    default @Nullable String tlb() {
        return null;
    }

    /** The set of the TLB. */
    default @Nullable Integer set() {
        return null;
    }

    /** The way of the set. */
    default @Nullable Integer way() {
        return null;
    }

    /** The level of the table, 1 for the root. */
    default @Nullable Integer level() {
        return null;
    }

    /** The index of the entry, bucket, element or segment. */
    default @Nullable Long index() {
        return null;
    }

    /** Where the memory reference is: in the table for a walk, otherwise in physical memory. */
    default @Nullable Long address() {
        return null;
    }

    /** What a walk reads there. */
    default @Nullable Long word() {
        return null;
    }

    /** Whether what was found is valid. */
    default @Nullable Boolean valid() {
        return null;
    }

    /** Whether the access is allowed. */
    default @Nullable Boolean allowed() {
        return null;
    }

    /** The area. */
    default @Nullable MemoryArea area() {
        return null;
    }

    /** The signal. */
    default @Nullable Signal signal() {
        return null;
    }

    /** The frame. */
    default @Nullable Integer frame() {
        return null;
    }

    /** The frame that bytes are copied from. */
    default @Nullable Integer from() {
        return null;
    }

    /** The number of frames that are free after it. */
    default @Nullable Integer free() {
        return null;
    }

    /** The slot of the backing store. */
    default @Nullable Integer slot() {
        return null;
    }

    /** The name of the file or of the shared memory that the page belongs to. */
    default @Nullable String file() {
        return null;
    }

    /** The page number in the file or the shared memory. */
    default @Nullable Long filePage() {
        return null;
    }

    /** The pages that map the frame. */
    default @Nullable List<Mapping> mappings() {
        return null;
    }

    /** Whether the page was written to. */
    default @Nullable Boolean dirty() {
        return null;
    }

    /** How the victim was chosen. */
    default Fault.@Nullable Choice choice() {
        return null;
    }
}

package dev.faultline.machine.protocol;

/** What a frame holds. */
public enum FrameUse {
    /** A page that no file backs. */
    ANONYMOUS,
    /** A page of a file. */
    FILE,
    /** A page of a page table. */
    PAGE_TABLE
}

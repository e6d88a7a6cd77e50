package dev.faultline.machine.protocol;

/** Where a page is. */
public enum PageState {
    UNALLOCATED,
    RESIDENT,
    SWAPPED,
    /** In its file, and not in a frame that the process maps. */
    FILE
}

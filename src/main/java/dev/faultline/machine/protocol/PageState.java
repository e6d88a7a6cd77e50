package dev.faultline.machine.protocol;

/** Where a page is. */
public enum PageState {
    /** Nowhere: it has never been touched, or holds nothing. */
    UNALLOCATED,
    /** In a frame. */
    RESIDENT,
    /** In a slot of the backing store. */
    SWAPPED,
    /** In its file, and not in a frame that this process maps. */
    FILE
}

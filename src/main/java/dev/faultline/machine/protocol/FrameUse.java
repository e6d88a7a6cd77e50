package dev.faultline.machine.protocol;

/** What a frame is used for. */
public enum FrameUse {
    ANONYMOUS,
    FILE,
    PAGE_TABLE
}

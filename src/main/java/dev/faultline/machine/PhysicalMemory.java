package dev.faultline.machine;

/** The machine's frames and the bytes in them. A frame keeps its old bytes until it is filled. */
class PhysicalMemory extends PageStore {

    PhysicalMemory(int frames, long pageSize, Quota quota) {
        super(frames, pageSize, quota);
    }

    /** Fills a frame with zeros, so that a page shows nothing of the frame's last owner. */
    void zero(int frame) {
        fill(frame, null);
    }

    void copy(int from, int to) {
        fill(to, page(from));
    }
}

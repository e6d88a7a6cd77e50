package dev.faultline.machine.hardware;

/**
 * The machine's frames and the bytes in them. A frame keeps its old bytes until it is filled again.
 */
public class PhysicalMemory extends PageStore {

    /** Frames of {@code pageSize} bytes, all zero. */
    public PhysicalMemory(int frames, long pageSize, HostBudget budget) {
        super(frames, pageSize, budget);
    }

    /**
     * Fills a frame with zeros, so that its new page shows nothing of the frame's last owner
     * (lecture 16).
     */
    public void zero(int frame) {
        fill(frame, null);
    }

    /** Copies one frame's bytes to another. */
    public void copy(int from, int to) {
        fill(to, page(from));
    }
}

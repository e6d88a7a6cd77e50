package dev.faultline.machine.hardware;

/** The machine's frames and the bytes in them. A frame keeps its old bytes until it is filled. */
public class PhysicalMemory extends PageStore {

    public PhysicalMemory(int frames, long pageSize, HostBudget budget) {
        super(frames, pageSize, budget);
    }

    /** Fills a frame with zeros, so that a page shows nothing of the frame's last owner. */
    public void zero(int frame) {
        fill(frame, null);
    }

    public void copy(int from, int to) {
        fill(to, page(from));
    }
}

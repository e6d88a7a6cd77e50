package dev.faultline.machine.replacement;

/**
 * FIFO as a hand that goes round the frame numbers and takes each in turn, whatever page it got
 * when. While no frame is freed that is the order of loading. O(1) an eviction.
 */
final class FrameFifo extends HandPolicy {

    FrameFifo(int frames, Settings settings) {
        super(frames, settings);
    }

    @Override
    public int victim(Frames frames) {
        int frame = hand();
        for (int step = 0; step < frameCount; step++) {
            if (frames.evictable(frame)) {
                return take(frame);
            }
            frame = after(frame, 1);
        }
        return NONE;
    }

    @Override
    public String rule() {
        return "the frame at the hand, whatever it holds";
    }
}

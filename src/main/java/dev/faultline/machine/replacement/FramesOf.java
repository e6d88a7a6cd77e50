package dev.faultline.machine.replacement;

/** Frames as another sees them; what differs is overridden. */
abstract class FramesOf implements Frames {

    private final Frames frames;

    FramesOf(Frames frames) {
        this.frames = frames;
    }

    @Override
    public boolean referenced(int frame) {
        return frames.referenced(frame);
    }

    @Override
    public boolean dirty(int frame) {
        return frames.dirty(frame);
    }

    @Override
    public long now() {
        return frames.now();
    }

    @Override
    public int owner(int frame) {
        return frames.owner(frame);
    }

    @Override
    public long time(int owner) {
        return frames.time(owner);
    }

    @Override
    public int share(int owner) {
        return frames.share(owner);
    }

    @Override
    public void clearReferenced(int frame) {
        frames.clearReferenced(frame);
    }

    @Override
    public boolean evictable(int frame) {
        return frames.evictable(frame);
    }
}

package dev.faultline.machine.replacement;

import static dev.faultline.machine.replacement.Parameters.NUMBERS;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;

/**
 * Random: the frame of the next number of a list, over and over, modulo the number of frames; or,
 * without a list, of a xorshift generator that begins with the machine's seed. A frame that cannot
 * be taken gives way to the next that can. O(1) an eviction.
 */
final class RandomChoice extends ReplacementPolicy {

    private final int frameCount;
    private final List<Integer> numbers;
    private int at;
    private long state;

    RandomChoice(int frames, Settings settings) {
        frameCount = frames;
        numbers = settings.get(NUMBERS);
        state = settings.seed() == 0 ? 0x9E3779B97F4A7C15L : settings.seed();
    }

    @Override
    public void onLoad(int frame) {}

    @Override
    public void onFree(int frame) {}

    @Override
    public int victim(Frames frames) {
        int frame = draw();
        for (int step = 0; step < frameCount; step++) {
            if (frames.evictable(frame)) {
                return frame;
            }
            frame = frame + 1 == frameCount ? 0 : frame + 1;
        }
        return NONE;
    }

    private int draw() {
        if (!numbers.isEmpty()) {
            int number = numbers.get(at);
            at = at + 1 == numbers.size() ? 0 : at + 1;
            return number % frameCount;
        }
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        return (int) Long.remainderUnsigned(state, frameCount);
    }

    @Override
    public void save(StateWriter out) {
        out.writeInt(at);
        out.writeLong(state);
    }

    @Override
    public void load(StateReader in) {
        at = in.readInt();
        state = in.readLong();
    }

    @Override
    public String rule() {
        return "the frame of the next number, modulo the frames";
    }
}

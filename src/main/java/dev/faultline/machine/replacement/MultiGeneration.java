package dev.faultline.machine.replacement;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A multi-generational LRU (the Linux kernel's documentation, mm/multigen_lru.rst, as of 6.1). A
 * page comes into the youngest generation. When only two generations are left, all pages are looked
 * at: those that were referenced go to the youngest, their bits cleared, and a new generation
 * begins. The page that leaves is the first of the oldest generation that was not referenced; one
 * that was goes to the youngest. O(frames) for each generation, else O(1).
 *
 * <p>The tiers of pages that are read through file descriptors are not here: there is no such
 * reading.
 */
final class MultiGeneration extends ReplacementPolicy {

    private static final int FEWEST = 2;

    /** Generations there can be at once, in a ring of lists. */
    private static final int RING = 4;

    private final PageList[] generations = new PageList[RING];
    private final long[] generation;
    private long oldest;
    private long youngest = FEWEST - 1;

    MultiGeneration(int frames) {
        generations[0] = new PageList(frames);
        for (int i = 1; i < RING; i++) {
            generations[i] = new PageList(generations[0]);
        }
        generation = new long[frames];
    }

    private PageList list(long number) {
        return generations[(int) (number % RING)];
    }

    @Override
    public void onLoad(int frame) {
        generation[frame] = youngest;
        list(youngest).addYoungest(frame);
    }

    @Override
    public void onFree(int frame) {
        list(generation[frame]).remove(frame);
    }

    @Override
    public int victim(Frames frames) {
        for (int turn = 0; turn < 2 * RING; turn++) {
            if (youngest - oldest + 1 <= FEWEST) {
                age(frames);
            }
            int victim = fromOldest(frames);
            if (victim != NONE) {
                return victim;
            }
            leaveOldest();
        }
        return NONE;
    }

    /** The first page that can leave; those that were referenced go to the youngest generation. */
    private int fromOldest(Frames frames) {
        PageList list = list(oldest);
        int frame = list.oldest();
        while (frame != PageList.END) {
            int next = list.younger(frame);
            if (frames.evictable(frame)) {
                if (!frames.referenced(frame)) {
                    return frame;
                }
                frames.clearReferenced(frame);
                move(frame, youngest);
            }
            frame = next;
        }
        return NONE;
    }

    /** The oldest generation has nothing to give: what may not leave joins the next. */
    private void leaveOldest() {
        PageList list = list(oldest);
        while (list.oldest() != PageList.END) {
            move(list.oldest(), oldest + 1);
        }
        oldest++;
    }

    private void age(Frames frames) {
        for (long number = oldest; number <= youngest; number++) {
            PageList list = list(number);
            int frame = list.oldest();
            while (frame != PageList.END) {
                int next = list.younger(frame);
                if (frames.referenced(frame)) {
                    frames.clearReferenced(frame);
                    if (number < youngest) {
                        move(frame, youngest);
                    }
                }
                frame = next;
            }
        }
        youngest++;
    }

    private void move(int frame, long number) {
        list(generation[frame]).remove(frame);
        generation[frame] = number;
        list(number).addYoungest(frame);
    }

    @Override
    public String rule() {
        return "the first page of the oldest generation that was not referenced";
    }

    @Override
    public List<Queue> queues(int most) {
        return LongStream.rangeClosed(oldest, youngest)
                .mapToObj(number -> Queue.of("generation " + number, list(number), most))
                .toList();
    }

    /** The page's generation. */
    @Override
    public long remembered(int frame) {
        return generation[frame];
    }

    @Override
    public void save(StateWriter out) {
        for (PageList list : generations) {
            list.save(out);
        }
        out.writeLongs(generation);
        out.writeLong(oldest);
        out.writeLong(youngest);
    }

    @Override
    public void load(StateReader in) {
        for (PageList list : generations) {
            list.load(in);
        }
        in.readLongs(generation);
        oldest = in.readLong();
        youngest = in.readLong();
    }
}

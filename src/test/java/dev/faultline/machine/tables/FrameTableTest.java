package dev.faultline.machine.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.testing.Saved;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Which frame is free, which comes next, and what is known of a used one? */
class FrameTableTest {

    private static final int FRAMES = 16;

    private final FrameTable table = new FrameTable(FRAMES);

    /** Free frames, next one first: all that the table's queue has to be. */
    private final Deque<Integer> free =
            new ArrayDeque<>(IntStream.range(0, FRAMES).boxed().toList());

    private List<Integer> used() {
        return IntStream.range(0, FRAMES).boxed().filter(frame -> !free.contains(frame)).toList();
    }

    @Seeds(200)
    void isTheQueueThatOfAModel(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> take();
                case 3, 4, 5 -> give(random);
                case 6 -> takeRun(1 << random.nextInt(3));
                default -> move(random);
            }
            assertThat(table.freeCount()).isEqualTo(free.size());
            for (int frame = 0; frame < FRAMES; frame++) {
                assertThat(table.isUsed(frame)).isEqualTo(!free.contains(frame));
            }
        }
        while (!free.isEmpty()) {
            take();
        }
        assertThat(table.allocate()).isEqualTo(FrameTable.NONE);
    }

    private void take() {
        Integer next = free.poll();
        assertThat(table.allocate()).isEqualTo(next == null ? FrameTable.NONE : next);
    }

    private void give(SplittableRandom random) {
        List<Integer> used = used();
        if (!used.isEmpty()) {
            int frame = used.get(random.nextInt(used.size()));
            table.free(frame);
            free.add(frame);
        }
    }

    private void takeRun(int count) {
        int first = table.alignedRun(count);
        int expected = 0;
        while (expected < FRAMES && !free.containsAll(run(expected, count))) {
            expected += count;
        }
        assertThat(first).isEqualTo(expected < FRAMES ? expected : FrameTable.NONE);
        if (first != FrameTable.NONE) {
            table.allocate(first, count);
            free.removeAll(run(first, count));
        }
    }

    private static List<Integer> run(int first, int count) {
        return IntStream.range(first, first + count).boxed().toList();
    }

    /** Compaction: some used frames change places with free ones. */
    private void move(SplittableRandom random) {
        List<Integer> from = new ArrayList<>(used());
        List<Integer> to = new ArrayList<>(free);
        Collections.sort(to);
        int count = random.nextInt(Math.min(from.size(), to.size()) + 1);
        for (int i = 0; i < count; i++) {
            table.relocate(from.get(i), to.get(i));
        }
        table.requeue();
        to.subList(0, count).clear();
        to.addAll(from.subList(0, count));
        Collections.sort(to);
        free.clear();
        free.addAll(to);
    }

    @Test
    void isAFrameThatIsInUseNotFreed() {
        int frame = table.allocate();
        table.bindSlot(frame, 5);
        assertThatThrownBy(() -> table.free(frame)).isInstanceOf(IllegalStateException.class);
        table.bindSlot(frame, FrameTable.NONE);
        table.own(frame, 2, 30);
        assertThatThrownBy(() -> table.free(frame)).isInstanceOf(IllegalStateException.class);
        table.own(frame, FrameTable.NONE, 0);
        table.free(frame);
        assertThatThrownBy(() -> table.free(frame)).isInstanceOf(IllegalStateException.class);
        assertThat(table.freeCount()).isEqualTo(FRAMES);
    }

    @Test
    void isNoFrameTakenOrMovedToTwice() {
        assertThat(List.of(table.allocate(), table.allocate())).containsExactly(0, 1);
        assertThatThrownBy(() -> table.relocate(0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.relocate(3, 4)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.allocate(0, 4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isAFreedFrameForgotten() {
        int frame = table.allocate();
        table.setPinned(frame, true);
        table.setDirty(frame, true);
        table.readAhead(frame, 7);
        assertThat(table.hasPinned()).isTrue();
        assertThat(table.written().isListed(frame)).isTrue();
        assertThat(table.isPrefetched(frame)).isTrue();
        table.setDirty(frame, false);
        table.free(frame);
        assertThat(table.hasPinned()).isFalse();
        assertThat(table.isPinned(frame)).isFalse();
        assertThat(table.written().isListed(frame)).isFalse();
        assertThat(table.takeReader(frame)).isEqualTo(FrameTable.NOBODY);
    }

    @Test
    void isAFrameReadAheadForOneProcessUntilItIsAskedFor() {
        int frame = table.allocate();
        table.readAhead(frame, 7);
        assertThat(table.takeReader(frame)).isEqualTo(7);
        assertThat(table.isPrefetched(frame)).isFalse();
        assertThat(table.takeReader(frame)).isEqualTo(FrameTable.NOBODY);
    }

    @Seeds(50)
    void isASavedTableTheSame(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 100; step++) {
            switch (random.nextInt(3)) {
                case 0 -> take();
                case 1 -> give(random);
                default -> mark(random);
            }
        }
        FrameTable copy = new FrameTable(FRAMES);
        copy.load(Saved.by(table::save));
        for (int frame : used()) {
            assertThat(copy.isPinned(frame)).isEqualTo(table.isPinned(frame));
            assertThat(copy.isDirty(frame)).isEqualTo(table.isDirty(frame));
            assertThat(copy.isPrefetched(frame)).isEqualTo(table.isPrefetched(frame));
            assertThat(copy.written().isListed(frame)).isEqualTo(table.written().isListed(frame));
        }
        assertThat(copy.hasPinned()).isEqualTo(table.hasPinned());
        for (int next : free) {
            assertThat(copy.allocate()).isEqualTo(next);
        }
        assertThat(copy.allocate()).isEqualTo(FrameTable.NONE);
    }

    private void mark(SplittableRandom random) {
        List<Integer> used = used();
        if (used.isEmpty()) {
            return;
        }
        int frame = used.get(random.nextInt(used.size()));
        switch (random.nextInt(4)) {
            case 0 -> table.setPinned(frame, random.nextBoolean());
            case 1 -> table.setDirty(frame, true);
            case 2 -> table.readAhead(frame, 1 + random.nextInt(3));
            default -> table.setWritten(frame, random.nextBoolean());
        }
    }
}

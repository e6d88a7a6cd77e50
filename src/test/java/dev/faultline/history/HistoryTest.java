package dev.faultline.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Room;
import dev.faultline.machine.Specs;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceFormat;
import dev.faultline.trace.TraceReader;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/** Bounds of histories: what is kept can be reached, and what cannot be kept costs nothing. */
class HistoryTest {

    private static final Request REQUEST = new Request("test", "id", null);

    private final MachineSpec spec = Specs.of("clock", 8);
    private final Machine machine = new Machine(spec);
    private final List<String> digests = new ArrayList<>(List.of(machine.digest()));
    private final SplittableRandom random = new SplittableRandom(7);

    private History history(long bytes, int versions) {
        return history(bytes, versions, Room.UNBOUNDED);
    }

    private History history(long bytes, int versions, Room room) {
        return History.ofNew(
                spec,
                own -> new Machine(spec, own),
                machine,
                new History.Bounds(bytes, versions),
                room);
    }

    /** Room for some bytes. */
    private static final class SmallRoom implements Room {

        private final long most;
        private long held;

        SmallRoom(long most) {
            this.most = most;
        }

        @Override
        public long free() {
            return most - held;
        }

        @Override
        public boolean hold(long bytes) {
            held = bytes > most ? held : Math.max(held, bytes);
            return bytes <= most;
        }

        @Override
        public void settle(long bytes) {
            held = bytes;
        }

        @Override
        public RuntimeException full() {
            throw new IllegalStateException("a history does without");
        }
    }

    private void apply(History history, Command command) {
        History.Recording recording = history.recording(REQUEST, machine);
        machine.apply(command);
        digests.add(machine.digest());
        recording.obeyed(command, List.of(sizeOf(command)));
        recording.commit(digests.size(), machine);
    }

    private static long sizeOf(Command command) {
        return command instanceof Command.Access access ? access.block().count() : 1;
    }

    private Command accesses(int count) {
        AccessBlock block = new AccessBlock(spec, count);
        for (int i = 0; i < count; i++) {
            block.add(random.nextInt(3), random.nextInt(64) * spec.pageSize() + random.nextInt(99));
        }
        return new Command.Access(1, block, false);
    }

    private void checkAll(History history) {
        for (long version = history.oldest(); version <= digests.size(); version++) {
            Machine past = Objects.requireNonNull(history.to(version)).machine(Room.UNBOUNDED);
            assertThat(past.digest()).isEqualTo(digests.get((int) version - 1));
        }
    }

    @Test
    void whatIsKeptStaysWithinItsBounds() {
        History history = history(60_000, 1_000_000);
        apply(history, Specs.process(spec));
        for (int i = 0; i < 400; i++) {
            apply(history, accesses(1 + random.nextInt(300)));
            assertThat(history.hostBytes()).isLessThanOrEqualTo(60_000);
        }
        assertThat(history.oldest()).isBetween(2L, 401L);
        checkAll(history);
        assertThat(history.to(history.oldest() - 1)).isNull();
    }

    @Test
    void onlySoManyVersionsAreKept() {
        History history = history(1 << 24, 50);
        apply(history, Specs.process(spec));
        for (int i = 0; i < 300; i++) {
            apply(history, accesses(3));
            assertThat(digests.size() - history.oldest()).isLessThanOrEqualTo(50);
        }
        checkAll(history);
    }

    @Test
    void whatCannotBeKeptIsNotTriedEachTime() {
        History history = history(0, 0);
        apply(history, Specs.process(spec));
        for (int i = 0; i < 50; i++) {
            apply(history, accesses(2));
        }
        assertThat(history.oldest()).isEqualTo(digests.size());
        assertThat(history.to(digests.size())).isNull();
        assertThat(history.hostBytes()).isLessThan(4_000);
    }

    @Test
    void aChangeThatIsTooLongBeginsTheHistoryAnew() {
        History history = history(40_000, 1_000_000);
        apply(history, Specs.process(spec));
        apply(history, accesses(100_000));
        assertThat(history.oldest()).isEqualTo(3);
        apply(history, accesses(5));
        checkAll(history);
    }

    @Test
    void aLongChangeIsCountedWhileItIsRecorded() {
        SmallRoom room = new SmallRoom(200_000);
        History history = history(1 << 24, 1_000_000, room);
        apply(history, Specs.process(spec));
        for (int round = 0; round < 3; round++) {
            History.Recording recording = history.recording(REQUEST, machine);
            for (int i = 0; i < 100; i++) {
                Command some = accesses(5000);
                machine.apply(some);
                recording.obeyed(some, List.of(5000L));
                assertThat(history.hostBytes()).isLessThanOrEqualTo(room.held);
            }
            digests.add(machine.digest());
            recording.commit(digests.size(), machine);
            assertThat(history.oldest()).isEqualTo(digests.size());
            assertThat(history.hostBytes()).isEqualTo(room.held).isLessThan(50_000);
            apply(history, accesses(5));
            checkAll(history);
        }
    }

    @Test
    void whatGoesOnGivesBackWhatItHasRecorded() {
        History history = history(1 << 24, 100);
        apply(history, Specs.process(spec));
        History.Recording recording = history.recording(REQUEST, machine);
        for (int i = 0; i < 20; i++) {
            Command some = accesses(50_000);
            machine.apply(some);
            recording.obeyed(some, List.of(50_000L));
        }
        assertThat(history.hostBytes()).isGreaterThan(1 << 20);
        while (history.giveBack()) {
            assertThat(history.hostBytes()).isLessThan(1 << 20);
        }
        assertThat(history.hostBytes()).isLessThan(4_000);
        recording.obeyed(accesses(10), List.of(10L));
        recording.spent(Duration.ofSeconds(1).toNanos()); // so that it is kept from here on
        digests.add(machine.digest());
        recording.commit(digests.size(), machine);
        apply(history, accesses(4));
        checkAll(history);
    }

    @Test
    void whatItGivesBackIsTheOldest() {
        History history = history(1 << 24, 100);
        apply(history, Specs.process(spec));
        for (int i = 0; i < 250; i++) {
            apply(history, accesses(20));
        }
        History.Recording underWay = history.recording(REQUEST, machine);
        underWay.obeyed(accesses(50_000), List.of(50_000L));
        long held = history.hostBytes();
        while (history.giveBack()) {
            assertThat(history.hostBytes()).isLessThan(held);
            held = history.hostBytes();
        }
        assertThat(history.oldest()).isEqualTo(digests.size());
        underWay.abandon();
        apply(history, accesses(4));
        assertThat(history.oldest()).isEqualTo(digests.size());
    }

    @Test
    void anAccessOfARealTraceTakesAtMostTwoBytes() throws IOException {
        MachineSpec wide = StoredTrace.readingSpec();
        Machine runs = new Machine(wide);
        History history =
                History.ofNew(
                        wide,
                        room -> new Machine(wide, room),
                        runs,
                        new History.Bounds(1 << 26, 10),
                        Room.UNBOUNDED);
        runs.apply(Specs.process(wide));
        History.Recording recording = history.recording(REQUEST, runs);
        long before = history.hostBytes();
        long accesses = 0;
        try (InputStream packed = HistoryTest.class.getResourceAsStream("/traces/sort.lackey.gz");
                InputStream text = new GZIPInputStream(Objects.requireNonNull(packed))) {
            TraceReader reader = TraceFormat.LACKEY.open(text, wide);
            AccessBlock block = new AccessBlock(wide, 8192);
            while (reader.read(block)) {
                recording.obeyed(
                        new Command.Access(1, block, false), List.of((long) block.count()));
                accesses += block.count();
                block.clear();
            }
        }
        assertThat(accesses).isGreaterThan(100_000);
        double each = (history.hostBytes() - before) / (double) accesses;
        assertThat(each).isBetween(0.1, 2.0);
    }
}

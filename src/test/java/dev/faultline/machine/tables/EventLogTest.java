package dev.faultline.machine.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.testing.Saved;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The ring of packed events against a list of events that forgets none. */
class EventLogTest {

    private static final List<Fault.Resolution> RESOLUTIONS = List.of(Fault.Resolution.values());
    private static final List<Signal.Code> CODES = List.of(Signal.Code.values());

    private final List<Event> all = new ArrayList<>();

    @Seeds(
            value = 1,
            ints = {1, 7, 63, 64, 65, 128, 200})
    void theLastEventsAreKeptAsTheyWere(int capacity, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        EventLog log = new EventLog(capacity);
        EventLog other = new EventLog(capacity);
        for (int i = 0; i < 500; i++) {
            long one = random.nextLong();
            all.add(add(log, new SplittableRandom(one)));
            add(other, new SplittableRandom(one));
            if (i % 64 == 63 || random.nextInt(40) == 0) { // at the ring's end, and anywhere
                log = restored(log, capacity);
            }
            check(log, capacity);
            assertThat(Saved.bytes(log::save)).isEqualTo(Saved.bytes(other::save));
        }
    }

    private void check(EventLog log, int capacity) {
        assertThat(log.lastSeq()).isEqualTo(all.size());
        assertThat(log.oldestSeq()).isEqualTo(Math.max(1, all.size() - capacity + 1));
        for (long seq = log.oldestSeq(); seq <= log.lastSeq(); seq++) {
            assertThat(log.event(seq)).isEqualTo(all.get((int) seq - 1));
        }
    }

    private static EventLog restored(EventLog log, int capacity) {
        EventLog restored = new EventLog(capacity);
        restored.load(Saved.by(log::save));
        return restored;
    }

    /** Adds an event of a random kind and random numbers. Answers what should be kept of it. */
    private static Event add(EventLog log, SplittableRandom random) {
        long seq = log.lastSeq() + 1;
        long tick = random.nextLong() >>> random.nextInt(64);
        int pid = random.nextInt(100_000);
        long address = random.nextLong() >>> 1 + random.nextInt(62);
        int frame = random.nextInt() >>> 1 + random.nextInt(30);
        int number = random.nextInt() >>> 1 + random.nextInt(30);
        boolean flag = random.nextBoolean();
        return switch (random.nextInt(7)) {
            case 0 -> {
                log.process(Event.Kind.FORK, tick, pid, number);
                yield event(seq, tick, Event.Kind.FORK, pid, null, null, null, null, number, null);
            }
            case 1 -> {
                Fault.Resolution how = RESOLUTIONS.get(random.nextInt(RESOLUTIONS.size()));
                log.fault(tick, pid, address, Op.WRITE, Fault.Type.PROTECTION, how, flag, frame);
                yield new Event(
                        seq,
                        tick,
                        Event.Kind.FAULT,
                        pid,
                        address,
                        Op.WRITE,
                        Fault.Type.PROTECTION,
                        how,
                        flag,
                        frame,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
            }
            case 2 -> {
                Signal.Code code = CODES.get(random.nextInt(CODES.size()));
                log.signal(tick, pid, address, Op.EXECUTE, code);
                yield new Event(
                        seq,
                        tick,
                        Event.Kind.SIGNAL,
                        pid,
                        address,
                        Op.EXECUTE,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        code,
                        null);
            }
            case 3 -> {
                log.unmap(tick, pid, address, frame, flag);
                yield event(
                        seq, tick, Event.Kind.UNMAP, pid, address, frame, null, flag, null, null);
            }
            case 4 -> {
                Integer slot = flag ? number : null;
                int kept = flag ? number : EventLog.NONE;
                log.eviction(tick, pid, frame, kept, 3, flag, false, null);
                yield new Event(
                        seq,
                        tick,
                        Event.Kind.EVICTION,
                        pid,
                        null,
                        null,
                        null,
                        null,
                        null,
                        frame,
                        slot,
                        flag,
                        false,
                        3,
                        null,
                        null,
                        null);
            }
            case 5 -> {
                log.frame(Event.Kind.PIN, tick, pid, frame);
                yield event(seq, tick, Event.Kind.PIN, pid, null, frame, null, null, null, null);
            }
            default -> {
                long length = random.nextLong() >> random.nextInt(64);
                log.area(Event.Kind.BRK, tick, pid, address, length);
                yield event(
                        seq, tick, Event.Kind.BRK, pid, address, null, null, null, null, length);
            }
        };
    }

    /** An event that no access caused. */
    private static Event event(
            long seq,
            long tick,
            Event.Kind kind,
            int pid,
            @Nullable Long address,
            @Nullable Integer frame,
            @Nullable Integer slot,
            @Nullable Boolean dirty,
            @Nullable Integer other,
            @Nullable Long length) {
        return new Event(
                seq, tick, kind, pid, address, null, null, null, null, frame, slot, dirty, null,
                other, length, null, null);
    }
}

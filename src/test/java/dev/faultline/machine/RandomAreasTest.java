package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.SpecDraft.TlbDraft;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Random maps, unmaps, protects, moves of the break, forks, exits and accesses, with few frames, so
 * that pages come and go; against a model that is flat: for each process, what each page allows and
 * what each byte holds. A seed that fails is replayed with {@code -Dfaultline.seed=N}.
 */
class RandomAreasTest {

    private static final int STEPS = 400;
    private static final int PAGES = 32;
    private static final long PAGE = 4096;

    static LongStream seeds() {
        String one = System.getProperty("faultline.seed");
        return one == null ? LongStream.range(0, 200) : LongStream.of(Long.parseLong(one));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithAFlatModelAndKeepsTheLaws(long seed) {
        new Run(seed).go();
    }

    /** What a process's memory is, page by page and byte by byte. */
    private static final class Flat {
        final Map<Long, Integer> protection = new TreeMap<>();
        final Map<Long, Byte> bytes = new HashMap<>();

        /** The page of the shared memory that a page is, if it is one. */
        final Map<Long, Long> shared = new HashMap<>();

        long heapStart;
        long heapEnd;

        Flat copy() {
            Flat copy = new Flat();
            copy.protection.putAll(protection);
            copy.bytes.putAll(bytes);
            copy.shared.putAll(shared);
            copy.heapStart = heapStart;
            copy.heapEnd = heapEnd;
            return copy;
        }

        void remove(long from, long to) {
            forget(from, to);
            protection.keySet().removeIf(page -> page >= from && page < to);
            shared.keySet().removeIf(page -> page >= from && page < to);
        }

        void forget(long from, long to) {
            for (long page = from; page < to; page++) {
                long first = page * PAGE;
                bytes.keySet().removeIf(address -> address >= first && address < first + PAGE);
            }
        }

        boolean isFree(long from, long to) {
            return LongStream.range(from, to).noneMatch(protection::containsKey);
        }

        boolean isCovered(long from, long to) {
            return LongStream.range(from, to).allMatch(protection::containsKey);
        }
    }

    /** One sequence of commands. */
    private static final class Run {

        private final SplittableRandom random;
        private final Machine machine;
        private final Map<Integer, Flat> live = new TreeMap<>();
        private final Map<Long, Byte> sharedBytes = new HashMap<>();

        Run(long seed) {
            random = new SplittableRandom(seed);
            boolean tlb = random.nextInt(4) > 0;
            machine =
                    new Machine(
                            new SpecDraft(
                                            seed,
                                            PAGE,
                                            3L + random.nextInt(12),
                                            17L,
                                            random.nextBoolean()
                                                    ? Translation.Kind.LINEAR
                                                    : Translation.Kind.HIERARCHICAL,
                                            null,
                                            tlb
                                                    ? new TlbDraft(
                                                            8L, 2L, null, random.nextBoolean())
                                                    : new TlbDraft(0L, null, null, null),
                                            List.of("fifo", "lru", "clock").get(random.nextInt(3)),
                                            4096L,
                                            Costs.DEFAULT,
                                            Limits.DEFAULT)
                                    .resolve(Specs.BOUNDS));
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                step();
                Laws.check(machine);
                Laws.checkMapsAreCounted(machine);
                live.forEach(this::compareAreas);
                live.forEach(this::compareBytes);
            }
            byte[] saved = machine.save();
            assertThat(Machine.restore(machine.spec(), saved).digest()).isEqualTo(machine.digest());
            live.keySet().forEach(pid -> machine.apply(new Command.Exit(pid)));
            Laws.check(machine);
            long[] held = {0, 0};
            for (SharedMemory.Segment segment : machine.parts().shared().segments()) {
                segment.forEachFrame((page, frame) -> held[0]++);
                segment.forEachSlot((page, slot) -> held[1]++);
            }
            Inspector left = machine.inspect();
            assertThat(left.frameCount() - left.freeFrames()).isEqualTo((int) held[0]);
            assertThat(left.usedSlots()).isBetween((int) held[1], (int) (held[0] + held[1]));
            long remembered = machine.parts().shared().segments().size() + held[0] + held[1];
            assertThat(machine.parts().tableMemory().used())
                    .isEqualTo(SharedMemory.HOST_BYTES * remembered);
        }

        private void compareAreas(int pid, Flat flat) {
            Map<Long, Integer> seen = new TreeMap<>();
            for (MemoryArea area : machine.inspect().areas(pid)) {
                for (long page = area.start() / PAGE; page * PAGE < area.end(); page++) {
                    seen.put(page, area.protection());
                }
            }
            assertThat(seen).isEqualTo(flat.protection);
        }

        /** What an inspector sees, resident or not, and without touching it. */
        private void compareBytes(int pid, Flat flat) {
            long page = random.nextInt(PAGES);
            if (flat.protection.containsKey(page)) {
                Long sharedPage = flat.shared.get(page);
                byte[] seen = machine.inspect().bytes(pid, page * PAGE, 4).orElseThrow();
                for (long i = 0; i < 4; i++) {
                    Byte held =
                            sharedPage == null
                                    ? flat.bytes.get(page * PAGE + i)
                                    : sharedBytes.get(sharedPage * PAGE + i);
                    assertThat(seen[(int) i]).isEqualTo(held == null ? 0 : held);
                }
            }
        }

        private void step() {
            if (live.isEmpty() || live.size() < 3 && random.nextInt(60) == 0) {
                create();
                return;
            }
            List<Integer> pids = new ArrayList<>(live.keySet());
            int pid = pids.get(random.nextInt(pids.size()));
            Flat flat = Objects.requireNonNull(live.get(pid));
            switch (random.nextInt(30)) {
                case 0, 13 -> {
                    if (live.size() < 5) {
                        Outcome made = machine.apply(new Command.Fork(pid));
                        live.put(((Outcome.Made) made).pid(), flat.copy());
                    }
                }
                case 1 -> {
                    if (random.nextInt(3) == 0) {
                        machine.apply(new Command.Exit(pid));
                        live.remove(pid);
                    }
                }
                case 2, 3, 4 -> map(pid, flat);
                case 5, 6 -> unmap(pid, flat);
                case 7, 8, 9 -> protect(pid, flat);
                case 10, 11 -> brk(pid, flat);
                case 12 -> dontneed(pid, flat);
                case 14 -> machine.apply(new Command.SwapOut(pid));
                case 15 -> machine.apply(new Command.SwapIn(pid));
                default -> access(pid, flat);
            }
        }

        private void create() {
            long start = random.nextInt(4) * PAGE;
            long length = 1L + random.nextInt(4 * (int) PAGE);
            MemoryArea area = new MemoryArea(start, length, random.nextInt(8));
            Outcome made =
                    machine.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
            Flat flat = new Flat();
            long end = pages(start + length);
            for (long page = start / PAGE; page < end; page++) {
                flat.protection.put(page, area.protection());
            }
            flat.heapStart = end * PAGE;
            flat.heapEnd = flat.heapStart;
            live.put(((Outcome.Made) made).pid(), flat);
        }

        private static long pages(long bytes) {
            return (bytes + PAGE - 1) / PAGE;
        }

        private void map(int pid, Flat flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(6 * (int) PAGE);
            int protection = random.nextInt(8);
            boolean replace = random.nextBoolean();
            boolean anywhere = random.nextInt(4) == 0;
            boolean shared = random.nextInt(3) == 0;
            Outcome outcome =
                    machine.apply(
                            new Command.Map(
                                    pid,
                                    anywhere ? null : Long.valueOf(start * PAGE),
                                    length,
                                    protection,
                                    shared
                                            ? MemoryArea.Kind.SHARED_MEMORY
                                            : MemoryArea.Kind.ANONYMOUS,
                                    shared ? "shared" : null,
                                    replace));
            if (anywhere && outcome instanceof Outcome.Mapped(long address)) {
                start = address / PAGE;
                assertThat(flat.isFree(start, start + pages(length))).isTrue();
            }
            long end = start + pages(length);
            if (outcome instanceof Outcome.Refused) {
                assertThat(anywhere || !replace && !flat.isFree(start, end)).isTrue();
                return;
            }
            assertThat(replace || flat.isFree(start, end)).isTrue();
            flat.remove(start, end);
            for (long page = start; page < end; page++) {
                flat.protection.put(page, protection);
                if (shared) {
                    flat.shared.put(page, page - start);
                }
            }
        }

        private void unmap(int pid, Flat flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(6 * (int) PAGE);
            machine.apply(new Command.Unmap(pid, start * PAGE, length));
            flat.remove(start, start + pages(length));
        }

        private void dontneed(int pid, Flat flat) {
            long start = random.nextInt(PAGES - 6);
            long end = start + 1 + random.nextInt(4);
            Outcome outcome =
                    machine.apply(
                            new Command.Advise(
                                    pid,
                                    start * PAGE,
                                    (end - start) * PAGE,
                                    Command.Advice.DONTNEED));
            assertThat(outcome instanceof Outcome.Done).isEqualTo(flat.isCovered(start, end));
            if (outcome instanceof Outcome.Done) {
                flat.forget(start, end);
            }
        }

        private void protect(int pid, Flat flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(4 * (int) PAGE);
            int protection = random.nextInt(8);
            Outcome outcome =
                    machine.apply(new Command.Protect(pid, start * PAGE, length, protection));
            long end = start + pages(length);
            assertThat(outcome instanceof Outcome.Done).isEqualTo(flat.isCovered(start, end));
            if (outcome instanceof Outcome.Done) {
                for (long page = start; page < end; page++) {
                    flat.protection.put(page, protection);
                }
            }
        }

        private void brk(int pid, Flat flat) {
            long increment = random.nextInt(-3 * (int) PAGE, 4 * (int) PAGE);
            Outcome outcome = machine.apply(new Command.Brk(pid, increment));
            long end = flat.heapEnd + increment;
            long from = pages(flat.heapEnd);
            long to = pages(end);
            boolean fits =
                    end >= flat.heapStart && to <= PAGES && (to <= from || flat.isFree(from, to));
            assertThat(outcome instanceof Outcome.Mapped).isEqualTo(fits);
            if (fits) {
                flat.remove(to, from);
                for (long page = from; page < to; page++) {
                    flat.protection.put(page, Protection.READ | Protection.WRITE);
                }
                flat.heapEnd = end;
            }
        }

        private void access(int pid, Flat flat) {
            long page = random.nextInt(PAGES);
            long address = page * PAGE + random.nextInt(4);
            int op = random.nextInt(3);
            byte value = (byte) random.nextInt();
            Long stored = op == Op.WRITE ? Long.valueOf(value & 0xFF) : null;
            AccessResult result =
                    Specs.access(machine, pid, op, address, 1, stored).results().getFirst();
            Integer protection = flat.protection.get(page);
            Signal.Code expected =
                    protection == null
                            ? Signal.Code.SEGV_MAPERR
                            : Protection.allows(protection, op) ? null : Signal.Code.SEGV_ACCERR;
            Signal signal = result.signal();
            assertThat(signal == null ? null : signal.code()).isEqualTo(expected);
            if (expected != null) {
                return;
            }
            Long sharedPage = flat.shared.get(page);
            Map<Long, Byte> bytes = sharedPage == null ? flat.bytes : sharedBytes;
            long key = sharedPage == null ? address : sharedPage * PAGE + address % PAGE;
            if (op == Op.WRITE) {
                bytes.put(key, value);
            } else if (op == Op.READ) {
                long held = bytes.getOrDefault(key, (byte) 0) & 0xFF;
                assertThat(result.value()).isEqualTo(held);
            }
        }
    }
}

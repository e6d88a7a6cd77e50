package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.FlatProcess.FlatObject;
import dev.faultline.machine.FlatProcess.Source;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Random maps of every kind, unmaps, protects, remaps, locks, advice, files, moves of the break,
 * forks, exits, accesses and mappings of the kernel's own, with few frames and sometimes few slots,
 * so that pages come and go and memory runs out; with every policy, on one to three processors,
 * with control groups and all that is done in the background; against a model that is flat: for
 * each process, what each page allows and what each byte holds.
 */
class RandomAreasTest {

    private static final int STEPS = 400;
    private static final int PAGES = 32;
    private static final long PAGE = 64;

    @Seeds(200)
    void agreesWithAFlatModelAndKeepsTheLaws(long seed) {
        new Run(seed).go();
    }

    /** One sequence of commands. */
    private static final class Run {

        private final SplittableRandom random;
        private final Machine machine;
        private final Witness witness;
        private final FlatChecks checks;
        private final Map<Integer, FlatProcess> live = new TreeMap<>();
        private final FlatObject sharedMemory = new FlatObject();
        private final FlatObject file = new FlatObject();
        private final FlatKernel kernel;
        private final EventTally events = new EventTally();

        Run(long seed) {
            random = new SplittableRandom(seed);
            machine = new Machine(RandomSpecs.paged(random, PAGE).next(), new StrictRoom());
            witness = new Witness(machine);
            checks = new FlatChecks(machine, file);
            kernel =
                    new FlatKernel(
                            witness, random, live, Map.of("shared", sharedMemory, "file", file));
            putFile();
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                step();
                live.keySet().removeIf(pid -> state(pid) == ProcessState.TERMINATED);
                Laws.check(machine);
                Laws.checkMapsAreCounted(machine);
                events.check(machine);
                witness.checkClone();
                live.forEach(checks::compareAreas);
                live.forEach((pid, flat) -> checks.compareBytes(pid, flat, random.nextInt(PAGES)));
                boolean kernelWrites = machine.taskOrNull(Tasks.KERNEL) != null;
                if (machine.spec().swap().reservation() == SwapSpec.Reservation.EAGER
                        && !kernelWrites) { // it writes where the process may not
                    assertThat(machine.inspect().frames().usedSlots())
                            .isLessThanOrEqualTo((int) machine.inspect().frames().promisedPages());
                }
            }
            witness.checkReplay();
            while (!live.isEmpty()) { // a borrower's parent can end only after it
                live.keySet().forEach(pid -> witness.apply(new Command.Exit(pid)));
                live.keySet().removeIf(pid -> state(pid) == ProcessState.TERMINATED);
            }
            kernel.unmapAll();
            Laws.check(machine);
            checks.compareFile();
            checks.everythingIsFree();
        }

        private ProcessState state(int pid) {
            return machine.inspect().process(pid).orElseThrow().state();
        }

        private void step() {
            if (live.isEmpty() || live.size() < 3 && random.nextInt(60) == 0) {
                create();
                return;
            }
            List<Integer> pids = new ArrayList<>(live.keySet());
            int pid = pids.get(random.nextInt(pids.size()));
            if (state(pid) == ProcessState.BLOCKED) {
                assertThat(witness.apply(new Command.Exit(pid)))
                        .isEqualTo(new Outcome.NoProcess(pid, Outcome.NoProcess.Why.BLOCKED));
                return;
            }
            FlatProcess flat = Objects.requireNonNull(live.get(pid));
            switch (random.nextInt(41)) {
                case 40 -> witness.apply(Specs.tick(machine.spec(), pid));
                case 0, 1 -> {
                    Outcome made = live.size() < 5 ? witness.apply(new Command.Fork(pid)) : null;
                    if (made instanceof Outcome.Made(int child)) {
                        live.put(child, flat.fork());
                    }
                }
                case 2 -> {
                    if (random.nextInt(3) == 0) {
                        witness.apply(new Command.Exit(pid));
                        live.remove(pid);
                    }
                }
                case 3, 4, 5, 6, 7 -> map(pid, flat);
                case 8, 9 -> unmap(pid, flat);
                case 10, 11, 12 -> protect(pid, flat);
                case 13, 14 -> brk(pid, flat);
                case 15, 16 -> advise(pid, flat);
                case 17 -> witness.apply(new Command.SwapOut(pid));
                case 18 -> witness.apply(new Command.SwapIn(pid));
                case 19, 20 -> remap(pid, flat);
                case 21 -> lock(pid, flat);
                case 22 -> sync(pid, flat);
                case 23 -> witness.apply(new Command.Dirty(pid, 0, PAGES * PAGE));
                case 25 -> {
                    Outcome made =
                            live.size() < 5 && random.nextInt(3) == 0
                                    ? witness.apply(new Command.Vfork(pid))
                                    : null;
                    if (made instanceof Outcome.Made(int child)) {
                        live.put(child, flat); // it borrows all of it
                    }
                }
                case 26 -> exec(pid);
                case 27, 28, 29 -> kernel.step();
                case 30 -> group(pid);
                case 24 -> {
                    if (random.nextInt(4) == 0) {
                        putFile();
                    }
                }
                default -> access(pid, flat);
            }
        }

        /**
         * The file has other bytes from now on, and another size; half of its last page is used.
         */
        private void putFile() {
            file.pages.clear();
            file.size = 1L + random.nextInt(6);
            byte[] bytes = new byte[(int) (file.size * PAGE - PAGE / 2)];
            for (long page = 0; page < file.size; page++) {
                for (int i = 0; i < FlatProcess.BYTES; i++) {
                    byte value = (byte) random.nextInt(4);
                    file.page(page)[i] = value;
                    bytes[(int) (page * PAGE) + i] = value;
                }
            }
            witness.apply(Command.PutFile.of("file", bytes, Protection.ALL));
            live.values().forEach(flat -> flat.forgetBeyondEnd(file));
        }

        /** A process is in another group, which may have fewer frames from now on. */
        private void group(int pid) {
            String name = random.nextBoolean() ? "a" : "b";
            int most = machine.spec().frames();
            Outcome made =
                    witness.apply(
                            new Command.PutGroup(
                                    name, 1 + random.nextInt(most), random.nextInt(2)));
            if (!(made instanceof Outcome.Refused)) {
                witness.apply(new Command.JoinGroup(pid, name));
            }
        }

        private void exec(int pid) {
            MemoryArea area = new MemoryArea(2 * PAGE, 3 * PAGE, Protection.ALL);
            Outcome outcome =
                    witness.apply(new Command.Exec(pid, "", List.of(area), OnSignal.CONTINUE));
            if (outcome instanceof Outcome.Done) {
                FlatProcess fresh = new FlatProcess();
                LongStream.range(2, 5).forEach(page -> fresh.protection.put(page, Protection.ALL));
                fresh.heapStart = 5 * PAGE;
                fresh.heapEnd = fresh.heapStart;
                live.put(pid, fresh);
            } else {
                assertThat(isFree()).isFalse();
            }
        }

        private void create() {
            long start = random.nextInt(4) * PAGE;
            long length = 1L + random.nextInt(4 * (int) PAGE);
            MemoryArea area = new MemoryArea(start, length, random.nextInt(8));
            Outcome made =
                    witness.apply(new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE));
            if (!(made instanceof Outcome.Made(int pid))) {
                assertThat(isFree()).isFalse();
                return;
            }
            FlatProcess flat = new FlatProcess();
            long end = pages(start + length);
            for (long page = start / PAGE; page < end; page++) {
                flat.protection.put(page, area.protection());
            }
            flat.heapStart = end * PAGE;
            flat.heapEnd = flat.heapStart;
            live.put(pid, flat);
        }

        /** Whether the kernel promises whatever fits into a space. */
        private boolean isFree() {
            SwapSpec swap = machine.spec().swap();
            return swap.reservation() == SwapSpec.Reservation.LAZY
                    && swap.overcommit() == SwapSpec.Overcommit.ALWAYS;
        }

        private static long pages(long bytes) {
            return (bytes + PAGE - 1) / PAGE;
        }

        private void map(int pid, FlatProcess flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(6 * (int) PAGE);
            int protection = random.nextInt(8);
            boolean replace = random.nextBoolean();
            boolean anywhere = random.nextInt(4) == 0;
            long offset = random.nextInt(3);
            int kind = random.nextInt(8);
            Backing backing =
                    switch (kind) {
                        case 0, 1 -> Backing.sharedMemory("shared");
                        case 2, 3 -> Backing.file("file", offset * PAGE, true);
                        case 4, 5 -> Backing.file("file", offset * PAGE, false);
                        case 6 -> Backing.UNNAMED;
                        default -> Backing.ANONYMOUS;
                    };
            FlatObject object =
                    switch (kind) {
                        case 0, 1 -> sharedMemory;
                        case 2, 3, 4, 5 -> file;
                        case 6 -> new FlatObject();
                        default -> null;
                    };
            Outcome outcome =
                    witness.apply(
                            new Command.Map(
                                    pid,
                                    anywhere ? null : Long.valueOf(start * PAGE),
                                    length,
                                    protection,
                                    backing,
                                    replace));
            if (anywhere && outcome instanceof Outcome.Mapped(long address)) {
                start = address / PAGE;
                assertThat(flat.isFree(start, start + pages(length))).isTrue();
            }
            long end = start + pages(length);
            if (outcome instanceof Outcome.Refused) {
                boolean taken = !replace && !flat.isFree(start, end);
                assertThat(anywhere || taken || !isFree()).isTrue();
                return;
            }
            assertThat(replace || flat.isFree(start, end)).isTrue();
            flat.remove(start, end);
            for (long page = start; page < end; page++) {
                flat.protection.put(page, protection);
                if (object != null) {
                    long first = backing.isFile() ? offset : 0;
                    flat.sources.put(
                            page, new Source(object, first + page - start, backing.shared()));
                }
            }
        }

        private void unmap(int pid, FlatProcess flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(6 * (int) PAGE);
            witness.apply(new Command.Unmap(pid, start * PAGE, length));
            flat.remove(start, start + pages(length));
        }

        private void advise(int pid, FlatProcess flat) {
            long start = random.nextInt(PAGES - 6);
            long end = start + 1 + random.nextInt(4);
            Command.Advice advice = oneOf(Command.Advice.values());
            if (advice == Command.Advice.FREE) {
                return; // what is read after it is the kernel's choice
            }
            boolean wantsHuge = advice == Command.Advice.HUGEPAGE;
            boolean possible = !wantsHuge || machine.spec().translation().hugePages() > 1;
            Outcome outcome =
                    witness.apply(
                            new Command.Advise(pid, start * PAGE, (end - start) * PAGE, advice));
            if (advice != Command.Advice.DONTNEED) {
                assertThat(outcome instanceof Outcome.Done)
                        .isEqualTo(possible && flat.isCovered(start, end));
            } else if (outcome instanceof Outcome.Done) {
                assertThat(flat.isCovered(start, end)).isTrue();
                flat.forget(start, end);
            }
        }

        private <T> T oneOf(T[] values) {
            return values[random.nextInt(values.length)];
        }

        private void lock(int pid, FlatProcess flat) {
            if (machine.spec().swap().reservation() == SwapSpec.Reservation.EAGER) {
                return; // what is locked cannot make room, whatever was reserved
            }
            long start = random.nextInt(PAGES - 6);
            long end = start + 1 + random.nextInt(2);
            boolean locked = random.nextInt(3) == 0;
            Outcome outcome =
                    witness.apply(
                            new Command.Lock(pid, start * PAGE, (end - start) * PAGE, locked));
            assertThat(outcome instanceof Outcome.Done && !flat.isCovered(start, end)).isFalse();
            if (locked && outcome instanceof Outcome.Done) {
                for (long page = start; page < end; page++) {
                    assertThat(flat.protection.get(page)).isPositive();
                    assertThat(flat.isPastEnd(page)).isFalse();
                }
            }
            for (PageView page : machine.inspect().pages(pid, start, end)) {
                if (page.valid() && page.writable()) {
                    flat.copy(page.page()); // what may be written is copied now
                }
            }
        }

        /** What was written is on the disk after that. */
        private void sync(int pid, FlatProcess flat) {
            long page = random.nextInt(PAGES);
            Outcome outcome = witness.apply(new Command.Sync(pid, page * PAGE, PAGE));
            assertThat(outcome instanceof Outcome.Done).isEqualTo(flat.isCovered(page, page + 1));
            Source source = flat.sources.get(page);
            if (source != null && source.shared() && source.object() == file) {
                byte[] bytes = machine.inspect().fileBytes("file").orElseThrow();
                for (int i = 0; source.page() < file.size && i < FlatProcess.BYTES; i++) {
                    assertThat(bytes[(int) (source.page() * PAGE) + i])
                            .isEqualTo(file.page(source.page())[i]);
                }
            }
        }

        private void remap(int pid, FlatProcess flat) {
            long start = random.nextInt(PAGES - 6);
            long count = 1L + random.nextInt(3);
            long wanted = 1L + random.nextInt(5);
            Outcome outcome =
                    witness.apply(
                            new Command.Remap(
                                    pid,
                                    start * PAGE,
                                    count * PAGE,
                                    wanted * PAGE,
                                    random.nextBoolean()));
            if (!(outcome instanceof Outcome.Mapped(long address))) {
                return;
            }
            assertThat(flat.isCovered(start, start + count)).isTrue();
            long to = address / PAGE;
            int protection = Objects.requireNonNull(flat.protection.get(start));
            Source source = flat.sources.get(start);
            if (to != start) {
                assertThat(flat.isFree(to, to + wanted)).isTrue();
                flat.move(start, to, count);
            }
            flat.remove(to + wanted, to + count);
            for (long i = count; i < wanted; i++) {
                assertThat(flat.protection).doesNotContainKey(to + i);
                flat.protection.put(to + i, protection);
                if (source != null) {
                    flat.sources.put(
                            to + i,
                            new Source(source.object(), source.page() + i, source.shared()));
                }
            }
        }

        private void protect(int pid, FlatProcess flat) {
            long start = random.nextInt(PAGES - 6);
            long length = 1L + random.nextInt(4 * (int) PAGE);
            int protection = random.nextInt(8);
            Outcome outcome =
                    witness.apply(new Command.Protect(pid, start * PAGE, length, protection));
            long end = start + pages(length);
            if (outcome instanceof Outcome.Done) {
                assertThat(flat.isCovered(start, end)).isTrue();
                for (long page = start; page < end; page++) {
                    flat.protection.put(page, protection);
                }
            } else {
                assertThat(isFree() && flat.isCovered(start, end)).isFalse();
            }
        }

        private void brk(int pid, FlatProcess flat) {
            long increment = random.nextInt(-3 * (int) PAGE, 4 * (int) PAGE);
            Outcome outcome = witness.apply(new Command.Brk(pid, increment));
            long end = flat.heapEnd + increment;
            long from = pages(flat.heapEnd);
            long to = pages(end);
            boolean fits =
                    end >= flat.heapStart && to <= PAGES && (to <= from || flat.isFree(from, to));
            boolean moved = outcome instanceof Outcome.Mapped;
            assertThat(moved).isEqualTo(fits && (moved || isFree()));
            if (moved) {
                flat.remove(to, from);
                for (long page = from; page < to; page++) {
                    flat.protection.put(page, Protection.READ | Protection.WRITE);
                }
                flat.heapEnd = end;
            }
        }

        private void access(int pid, FlatProcess flat) {
            long page = random.nextInt(PAGES);
            int offset = random.nextInt(FlatProcess.BYTES);
            int op = random.nextInt(3);
            byte value = (byte) random.nextInt();
            Long stored = op == Op.WRITE ? Long.valueOf(value & 0xFF) : null;
            AccessResult result =
                    witness.access(pid, op, page * PAGE + offset, 1, stored).results().getFirst();
            Integer protection = flat.protection.get(page);
            Signal.Code expected =
                    protection == null
                            ? Signal.Code.SEGV_MAPERR
                            : !Protection.allows(protection, op)
                                    ? Signal.Code.SEGV_ACCERR
                                    : flat.isPastEnd(page) ? Signal.Code.BUS_ADRERR : null;
            Signal signal = result.signal();
            Signal.Code code = signal == null ? null : signal.code();
            boolean tableFirst = machine.parts().tableFrames().isFramed(); // it may be in the store
            if (code != null
                    && code != expected
                    && (expected == null || tableFirst)
                    && memoryRanOut(code)) {
                return;
            }
            assertThat(code).as("%s", result).isEqualTo(expected);
            if (expected == null && op == Op.WRITE) {
                flat.write(page, offset, value);
            } else if (expected == null && op == Op.READ) {
                assertThat(result.value()).isEqualTo(flat.bytes(page)[offset] & 0xFF);
            }
        }

        /**
         * Whether a signal may say that no frame could be had: never where all is reserved, no page
         * table takes frames, and no group limits or protects them. Nobody is ended for a group
         * whose frames hold what others have locked.
         */
        private boolean memoryRanOut(Signal.@Nullable Code code) {
            if (!machine.inspect().groups().isEmpty()) {
                return code == Signal.Code.BUS_ADRERR || code == Signal.Code.SI_KERNEL;
            }
            SwapSpec swap = machine.spec().swap();
            if (!machine.parts().tableFrames().isFramed()) {
                assertThat(swap.reservation()).isEqualTo(SwapSpec.Reservation.LAZY);
            }
            return code
                    == (swap.outOfMemory() == SwapSpec.OutOfMemory.KILL
                            ? Signal.Code.SI_KERNEL
                            : Signal.Code.BUS_ADRERR);
        }
    }
}

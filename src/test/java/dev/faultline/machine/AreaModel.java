package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.FlatProcess.FlatObject;
import dev.faultline.machine.FlatProcess.Source;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.SwapSpec;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A flat model: for each process, what each page allows and what each of its bytes holds. */
final class AreaModel implements Model {

    /** Pages of an address space. */
    static final int PAGES = 32;

    private final Machine machine;
    private final Witness witness;
    private final FlatChecks checks;
    private final long pageSize;
    private final Map<Integer, FlatProcess> live = new TreeMap<>();
    private final FlatObject sharedMemory = new FlatObject();
    private final FlatObject file = new FlatObject();
    private final FlatKernel kernel;
    private final EventTally events = new EventTally();

    /** Turns with the checks, so that each page of a process is looked at now and then. */
    private int looked;

    AreaModel(Witness witness) {
        this.witness = witness;
        machine = witness.machine();
        pageSize = machine.spec().pageSize();
        checks = new FlatChecks(machine, file);
        kernel = new FlatKernel(machine, live, Map.of("shared", sharedMemory, "file", file));
    }

    List<Integer> live() {
        return List.copyOf(live.keySet());
    }

    FlatKernel kernel() {
        return kernel;
    }

    boolean isBlocked(int pid) {
        return state(pid) == ProcessState.BLOCKED;
    }

    private ProcessState state(int pid) {
        return machine.inspect().process(pid).orElseThrow().state();
    }

    @Override
    public Consumer<Outcome> expect(Command command) {
        return switch (command) {
            case Command.CreateProcess create -> create(create);
            case Command.PutFile put -> putFile(put);
            case Command.MapFrame map -> kernel.expect(map);
            case Command.UnmapFrame unmap -> kernel.expect(unmap);
            case Command.Access access when access.block().op(0) == Op.TICK -> AreaModel::anything;
            case Command.Access access when access.pid() == Command.KERNEL -> kernel.expect(access);
            case Command.Access access -> ofProcess(access.pid(), command);
            case Command.Fork(int pid) -> ofProcess(pid, command);
            case Command.Vfork(int pid) -> ofProcess(pid, command);
            case Command.Exit(int pid) -> ofProcess(pid, command);
            case Command.Exec exec -> ofProcess(exec.pid(), command);
            case Command.Map map -> ofProcess(map.pid(), command);
            case Command.Unmap unmap -> ofProcess(unmap.pid(), command);
            case Command.Protect protect -> ofProcess(protect.pid(), command);
            case Command.Brk brk -> ofProcess(brk.pid(), command);
            case Command.Advise advise -> ofProcess(advise.pid(), command);
            case Command.Lock lock -> ofProcess(lock.pid(), command);
            case Command.Sync sync -> ofProcess(sync.pid(), command);
            case Command.Remap remap -> ofProcess(remap.pid(), command);
            default -> AreaModel::anything;
        };
    }

    private Consumer<Outcome> ofProcess(int pid, Command command) {
        FlatProcess flat = live.get(pid);
        if (flat == null) {
            return outcome -> assertThat(outcome).isInstanceOf(Outcome.NoProcess.class);
        }
        if (isBlocked(pid)) {
            return outcome ->
                    assertThat(outcome)
                            .isEqualTo(new Outcome.NoProcess(pid, Outcome.NoProcess.Why.BLOCKED));
        }
        return switch (command) {
            case Command.Access access -> access(access, flat);
            case Command.Fork fork -> outcome -> made(outcome, flat.fork());
            case Command.Vfork fork -> outcome -> made(outcome, flat); // it borrows all of it
            case Command.Exit exit -> outcome -> live.remove(pid);
            case Command.Exec exec -> outcome -> exec(exec, outcome);
            case Command.Map map -> outcome -> map(map, flat, outcome);
            case Command.Unmap unmap ->
                    outcome -> {
                        long start = unmap.start() / pageSize;
                        flat.remove(start, start + pages(unmap.length()));
                    };
            case Command.Protect protect -> outcome -> protect(protect, flat, outcome);
            case Command.Brk brk -> outcome -> brk(brk, flat, outcome);
            case Command.Advise advise -> outcome -> advise(advise, flat, outcome);
            case Command.Lock lock -> outcome -> lock(lock, flat, outcome);
            case Command.Sync sync -> outcome -> sync(sync, flat, outcome);
            case Command.Remap remap -> outcome -> remap(remap, flat, outcome);
            default -> AreaModel::anything;
        };
    }

    private static void anything(Outcome outcome) {}

    private void made(Outcome outcome, FlatProcess flat) {
        if (outcome instanceof Outcome.Made(int child)) {
            live.put(child, flat);
        }
    }

    private Consumer<Outcome> create(Command.CreateProcess create) {
        return outcome -> {
            made(outcome, FlatProcess.of(create.areas(), pageSize));
            assertThat(outcome instanceof Outcome.Made || !isFree()).isTrue();
        };
    }

    private void exec(Command.Exec exec, Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            live.put(exec.pid(), FlatProcess.of(exec.areas(), pageSize));
        } else {
            assertThat(isFree()).isFalse();
        }
    }

    /** The file has other bytes from now on, and another size; half of its last page is used. */
    private Consumer<Outcome> putFile(Command.PutFile put) {
        return outcome -> {
            file.pages.clear();
            file.size = pages(put.bytes().limit());
            for (long page = 0; page < file.size; page++) {
                for (int i = 0; i < FlatProcess.BYTES; i++) {
                    file.page(page)[i] = put.bytes().get((int) (page * pageSize) + i);
                }
            }
            live.values().forEach(flat -> flat.forgetBeyondEnd(file));
        };
    }

    /** Whether the kernel promises whatever fits into a space. */
    private boolean isFree() {
        SwapSpec swap = machine.spec().swap();
        return swap.reservation() == SwapSpec.Reservation.LAZY
                && swap.overcommit() == SwapSpec.Overcommit.ALWAYS;
    }

    private long pages(long bytes) {
        return (bytes + pageSize - 1) / pageSize;
    }

    private void map(Command.Map map, FlatProcess flat, Outcome outcome) {
        Long wanted = map.start();
        boolean anywhere = wanted == null;
        long count = pages(map.length());
        long start = wanted == null ? 0 : wanted / pageSize;
        if (anywhere && outcome instanceof Outcome.Mapped(long address)) {
            start = address / pageSize;
            assertThat(flat.isFree(start, start + count)).isTrue();
        }
        long end = start + count;
        if (outcome instanceof Outcome.Refused) {
            boolean taken = !map.replace() && !flat.isFree(start, end);
            assertThat(anywhere || taken || !isFree()).isTrue();
            return;
        }
        assertThat(map.replace() || flat.isFree(start, end)).isTrue();
        flat.remove(start, end);
        FlatObject object = object(map.backing());
        long first = map.backing().offset() / pageSize;
        for (long page = start; page < end; page++) {
            flat.protection.put(page, map.protection());
            if (object != null) {
                flat.sources.put(
                        page, new Source(object, first + page - start, map.backing().shared()));
            }
        }
    }

    private @Nullable FlatObject object(Backing backing) {
        return switch (backing.kind()) {
            case FILE -> file;
            case SHARED_MEMORY -> sharedMemory;
            default -> backing.shared() ? new FlatObject() : null;
        };
    }

    private void advise(Command.Advise advise, FlatProcess flat, Outcome outcome) {
        long start = advise.start() / pageSize;
        long end = start + advise.length() / pageSize;
        boolean wantsHuge = advise.advice() == Command.Advice.HUGEPAGE;
        boolean possible = !wantsHuge || machine.spec().translation().hugePages() > 1;
        if (advise.advice() != Command.Advice.DONTNEED) {
            assertThat(outcome instanceof Outcome.Done)
                    .isEqualTo(possible && flat.isCovered(start, end));
        } else if (outcome instanceof Outcome.Done) {
            assertThat(flat.isCovered(start, end)).isTrue();
            flat.forget(start, end);
        }
    }

    private void lock(Command.Lock lock, FlatProcess flat, Outcome outcome) {
        long start = lock.start() / pageSize;
        long end = start + lock.length() / pageSize;
        assertThat(outcome instanceof Outcome.Done && !flat.isCovered(start, end)).isFalse();
        if (lock.locked() && outcome instanceof Outcome.Done) {
            for (long page = start; page < end; page++) {
                assertThat(flat.protection.get(page)).isPositive();
                assertThat(flat.isPastEnd(page)).isFalse();
            }
        }
        for (PageView page : machine.inspect().pages(lock.pid(), start, end)) {
            if (page.valid() && page.writable()) {
                flat.copy(page.page()); // what may be written is copied now
            }
        }
    }

    /** What was written is on the disk after that. */
    private void sync(Command.Sync sync, FlatProcess flat, Outcome outcome) {
        long page = sync.start() / pageSize;
        assertThat(outcome instanceof Outcome.Done).isEqualTo(flat.isCovered(page, page + 1));
        Source source = flat.sources.get(page);
        if (source != null && source.shared() && source.object() == file) {
            byte[] bytes = machine.inspect().fileBytes("file").orElseThrow();
            for (int i = 0; source.page() < file.size && i < FlatProcess.BYTES; i++) {
                assertThat(bytes[(int) (source.page() * pageSize) + i])
                        .isEqualTo(file.page(source.page())[i]);
            }
        }
    }

    private void remap(Command.Remap remap, FlatProcess flat, Outcome outcome) {
        if (!(outcome instanceof Outcome.Mapped(long address))) {
            return;
        }
        long start = remap.start() / pageSize;
        long count = remap.length() / pageSize;
        long wanted = remap.newLength() / pageSize;
        assertThat(flat.isCovered(start, start + count)).isTrue();
        long to = address / pageSize;
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
                        to + i, new Source(source.object(), source.page() + i, source.shared()));
            }
        }
    }

    private void protect(Command.Protect protect, FlatProcess flat, Outcome outcome) {
        long start = protect.start() / pageSize;
        long end = start + pages(protect.length());
        if (outcome instanceof Outcome.Done) {
            assertThat(flat.isCovered(start, end)).isTrue();
            for (long page = start; page < end; page++) {
                flat.protection.put(page, protect.protection());
            }
        } else {
            assertThat(isFree() && flat.isCovered(start, end)).isFalse();
        }
    }

    private void brk(Command.Brk brk, FlatProcess flat, Outcome outcome) {
        long end = flat.heapEnd + brk.increment();
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

    private Consumer<Outcome> access(Command.Access access, FlatProcess flat) {
        int op = access.block().op(0);
        long page = access.block().address(0) / pageSize;
        int offset = (int) (access.block().address(0) % pageSize);
        byte value = (byte) access.block().value(0);
        return outcome -> {
            AccessResult result = ((Outcome.Accessed) outcome).results().getFirst();
            Signal.Code expected = expected(flat, page, op);
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
        };
    }

    private static Signal.@Nullable Code expected(FlatProcess flat, long page, int op) {
        Integer protection = flat.protection.get(page);
        if (protection == null) {
            return Signal.Code.SEGV_MAPERR;
        }
        return !Protection.allows(protection, op)
                ? Signal.Code.SEGV_ACCERR
                : flat.isPastEnd(page) ? Signal.Code.BUS_ADRERR : null;
    }

    /**
     * Whether a signal may say that no frame could be had: never where all is reserved, no page
     * table takes frames, and no group limits or protects them. Nobody is ended for a group whose
     * frames hold what others have locked.
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

    @Override
    public void check() {
        live.keySet().removeIf(pid -> state(pid) == ProcessState.TERMINATED);
        Laws.check(machine);
        Laws.checkMapsAreCounted(machine);
        events.check(machine);
        witness.checkClone();
        live.forEach(checks::compareAreas);
        looked = (looked + 7) % PAGES;
        live.forEach((pid, flat) -> checks.compareBytes(pid, flat, looked));
        boolean kernelWrites = machine.taskOrNull(Tasks.KERNEL) != null;
        if (machine.spec().swap().reservation() == SwapSpec.Reservation.EAGER
                && !kernelWrites) { // it writes where the process may not
            assertThat(machine.inspect().frames().usedSlots())
                    .isLessThanOrEqualTo((int) machine.inspect().frames().promisedPages());
        }
    }

    @Override
    public void end() {
        witness.checkReplay();
        while (!live.isEmpty()) { // a borrower's parent can end only after it
            live.keySet().forEach(pid -> machine.apply(new Command.Exit(pid)));
            live.keySet().removeIf(pid -> state(pid) == ProcessState.TERMINATED);
        }
        kernel.unmapAll();
        Laws.check(machine);
        if (file.size < Long.MAX_VALUE) {
            checks.compareFile();
        }
        checks.everythingIsFree();
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A flat model of a machine whose processes or segments are in memory whole: a map of bytes and a
 * few extents for each process, which knows nothing of places, holes or the store.
 */
final class SegmentModel implements Model {

    /** A segment as its process sees it. */
    static final class Extent {
        private long start;
        private long end;
        private int protection;
        private boolean down;

        private static Extent of(MemoryArea area) {
            boolean down = area.kind() == Backing.Kind.STACK;
            return of(area.start(), area.end(), area.protection(), down);
        }

        private static Extent of(long start, long end, int protection, boolean down) {
            Extent extent = new Extent();
            extent.start = start;
            extent.end = end;
            extent.protection = protection;
            extent.down = down;
            return extent;
        }

        long start() {
            return start;
        }

        long length() {
            return end - start;
        }

        @Override
        public String toString() {
            return Long.toHexString(start) + "-" + Long.toHexString(end) + (down ? " down" : "");
        }
    }

    /** A process as it sees itself. */
    private static final class Seen {
        final TreeMap<Long, Extent> extents = new TreeMap<>();
        final Map<Long, Long> bytes = new HashMap<>();

        @Override
        public String toString() {
            return extents.values().toString();
        }

        @Nullable Extent at(long address, int size) {
            Map.Entry<Long, Extent> below = extents.floorEntry(address);
            return below != null && address + size <= below.getValue().end
                    ? below.getValue()
                    : null;
        }
    }

    private final Map<Integer, Seen> live = new TreeMap<>();
    private final Machine machine;
    private final Witness witness;
    private final boolean relocation;
    private final long pageSize;
    private final long segmentBytes;

    SegmentModel(Witness witness) {
        this.witness = witness;
        machine = witness.machine();
        MachineSpec spec = machine.spec();
        relocation = spec.translation().kind() == Translation.Kind.RELOCATION;
        pageSize = spec.pageSize();
        segmentBytes = (1L << spec.addressBits()) / segments(spec);
    }

    /** The number of segments in an address space. */
    static int segments(MachineSpec spec) {
        boolean relocation = spec.translation().kind() == Translation.Kind.RELOCATION;
        return relocation ? 1 : 1 << spec.translation().segmentBits();
    }

    List<Integer> live() {
        return List.copyOf(live.keySet());
    }

    /** The segments of a process, lowest first. */
    List<Extent> extents(int pid) {
        Seen process = live.get(pid);
        return process == null ? List.of() : List.copyOf(process.extents.values());
    }

    @Override
    public Consumer<Outcome> expect(Command command) {
        return switch (command) {
            case Command.CreateProcess create -> outcome -> create(create, outcome);
            case Command.Access access -> access(access);
            case Command.Fork fork -> outcome -> fork(live.get(fork.pid()), outcome);
            case Command.Exit exit -> outcome -> exit(exit.pid(), outcome);
            case Command.Brk brk -> outcome -> brk(brk, outcome);
            case Command.Map map -> outcome -> map(map, outcome);
            case Command.Unmap unmap -> outcome -> unmap(unmap, outcome);
            case Command.Protect protect -> outcome -> protect(protect, outcome);
            default -> outcome -> {};
        };
    }

    private void create(Command.CreateProcess create, Outcome outcome) {
        if (outcome instanceof Outcome.Made(int pid)) {
            Seen made = new Seen();
            create.areas().forEach(area -> made.extents.put(area.start(), Extent.of(area)));
            live.put(pid, made);
        }
    }

    private void exit(int pid, Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            live.remove(pid);
        }
    }

    private void fork(@Nullable Seen parent, Outcome outcome) {
        if (parent != null && outcome instanceof Outcome.Made(int made)) {
            Seen child = new Seen();
            child.bytes.putAll(parent.bytes);
            for (Extent each : parent.extents.values()) {
                child.extents.put(
                        each.start, Extent.of(each.start, each.end, each.protection, each.down));
            }
            live.put(made, child);
        }
    }

    /** The heap is the process itself with relocation, else the segment behind its first ones. */
    private void brk(Command.Brk brk, Outcome outcome) {
        Seen process = live.get(brk.pid());
        if (process == null
                || brk.increment() == 0
                || !(outcome instanceof Outcome.Mapped(long end))) {
            return; // nothing has moved
        }
        long old = end - brk.increment();
        long start = relocation ? 0 : old / segmentBytes * segmentBytes;
        Extent heap = process.extents.get(start);
        if (heap != null) {
            assertThat(old).isEqualTo(heap.end);
        }
        if (end == start) {
            process.extents.remove(start);
        } else if (heap != null) {
            heap.end = end;
        } else {
            int protection = Protection.READ | Protection.WRITE;
            process.extents.put(start, Extent.of(start, end, protection, false));
        }
        long kept = (end + pageSize - 1) / pageSize * pageSize;
        process.bytes
                .keySet()
                .removeIf(at -> at >= kept && at >= start && at < start + segmentBytes);
    }

    private void map(Command.Map map, Outcome outcome) {
        Seen process = live.get(map.pid());
        if (process != null && outcome instanceof Outcome.Mapped(long start)) {
            boolean down = map.backing().kind() == Backing.Kind.STACK;
            process.extents.put(
                    start, Extent.of(start, start + map.length(), map.protection(), down));
        }
    }

    private void unmap(Command.Unmap unmap, Outcome outcome) {
        Seen process = live.get(unmap.pid());
        Extent extent = process == null ? null : process.extents.get(unmap.start());
        if (process == null || extent == null || extent.length() != unmap.length()) {
            return; // it is not a whole segment
        }
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        process.extents.remove(extent.start);
        long end = extent.start / segmentBytes * segmentBytes + segmentBytes;
        process.bytes.keySet().removeIf(at -> at >= extent.start && at < end);
    }

    private void protect(Command.Protect protect, Outcome outcome) {
        Seen process = live.get(protect.pid());
        if (process != null && outcome instanceof Outcome.Done) {
            Objects.requireNonNull(process.extents.get(protect.start())).protection =
                    protect.protection();
        }
    }

    private Consumer<Outcome> access(Command.Access access) {
        AccessBlock block = access.block();
        Seen process = live.get(access.pid());
        if (process == null || block.op(0) == Op.TICK) {
            return outcome -> {};
        }
        return outcome ->
                check(
                        process,
                        ((Outcome.Accessed) outcome).results().getFirst(),
                        block.op(0),
                        block.address(0),
                        block.size(0),
                        block.value(0));
    }

    private void check(
            Seen process, AccessResult result, int op, long address, int size, long value) {
        Signal signal = result.signal();
        Signal.Code code = signal == null ? null : signal.code();
        Extent extent = process.at(address, size);
        if (extent == null && grew(result)) {
            extent = growStack(process, address);
        }
        if (code == Signal.Code.BUS_ADRERR) {
            assertThat(extent).isNotNull(); // no room; nothing has changed
            return;
        }
        if (extent == null) {
            assertThat(code)
                    .as("%s %x+%d of %s", result.faults(), address, size, process)
                    .isIn(Signal.Code.SEGV_MAPERR, Signal.Code.SEGV_ACCERR);
            return;
        }
        if (!Protection.allows(extent.protection, op)) {
            assertThat(code).isEqualTo(Signal.Code.SEGV_ACCERR);
            return;
        }
        assertThat(code).isNull();
        for (int i = 0; i < size; i++) {
            if (op == Op.WRITE) {
                process.bytes.put(address + i, value >>> 8 * i & 0xFF);
            }
        }
        if (op == Op.READ) {
            long expected = 0;
            for (int i = size - 1; i >= 0; i--) {
                expected = expected << 8 | process.bytes.getOrDefault(address + i, 0L);
            }
            assertThat(result.value()).isEqualTo(expected);
        }
    }

    private static boolean grew(AccessResult result) {
        return result.faults().stream()
                .anyMatch(fault -> fault.resolution() == Fault.Resolution.STACK_GROWTH);
    }

    private Extent growStack(Seen process, long address) {
        Extent stack = process.extents.higherEntry(address).getValue();
        assertThat(stack.down).isTrue();
        assertThat(stack.start / segmentBytes).isEqualTo(address / segmentBytes);
        process.extents.remove(stack.start);
        stack.start = address / pageSize * pageSize;
        process.extents.put(stack.start, stack);
        return stack;
    }

    @Override
    public void check() {
        Laws.check(machine);
        witness.checkClone();
    }

    @Override
    public void end() {
        Laws.checkMapsAreCounted(machine);
        live.forEach((pid, process) -> process.extents.values().forEach(e -> compare(pid, e)));
        witness.checkReplay();
    }

    /** Compares all bytes of a segment, wherever they are, without touching them. */
    private void compare(int pid, Extent extent) {
        int length = (int) extent.length();
        Map<Long, Long> expected = live.getOrDefault(pid, new Seen()).bytes;
        byte[] bytes = machine.inspect().bytes(pid, extent.start, length).orElseThrow();
        for (int i = 0; i < length; i++) {
            assertThat(bytes[i] & 0xFFL).isEqualTo(expected.getOrDefault(extent.start + i, 0L));
        }
    }
}

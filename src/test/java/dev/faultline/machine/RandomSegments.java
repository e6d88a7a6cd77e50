package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Random commands to a machine whose processes or segments are in memory whole, and a flat model of
 * it: a map of bytes and a few extents for each process, which knows nothing of places, holes or
 * the store.
 */
final class RandomSegments {

    private static final int SPACE_BITS = 10;

    /** A segment as its process sees it. */
    private static final class Extent {
        long start;
        long end;
        int protection;
        boolean down;

        @Override
        public String toString() {
            return Long.toHexString(start) + "-" + Long.toHexString(end) + (down ? " down" : "");
        }
    }

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

    private final Map<Integer, Seen> processes = new TreeMap<>();
    private final SplittableRandom random;
    private final Machine machine;
    private final Witness witness;
    private final boolean relocation;
    private final int segmentBits;

    /** Mostly 16 bytes, else fewer, down to one. */
    private final long pageSize;

    RandomSegments(long seed) {
        random = new SplittableRandom(seed);
        pageSize = 16 >> (random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0);
        relocation = random.nextBoolean();
        segmentBits = relocation ? 0 : 2;
        Translation.Fit fit = Translation.Fit.values()[random.nextInt(3)];
        SpecValues translation =
                SpecValues.of(
                                Translation.KIND,
                                relocation
                                        ? Translation.Kind.RELOCATION
                                        : Translation.Kind.SEGMENTATION)
                        .with(Translation.SEGMENT_BITS, relocation ? null : 2L)
                        .with(Translation.PLACEMENT, fit)
                        .with(Translation.COMPACTION, random.nextBoolean());
        machine =
                new Machine(
                        MachineSpec.of(
                                SpecValues.of(MachineSpec.SEED, seed)
                                        .with(MachineSpec.PAGE_SIZE, pageSize)
                                        .with(MachineSpec.FRAMES, 6L + random.nextInt(14))
                                        .with(MachineSpec.ADDRESS_BITS, SPACE_BITS)
                                        .with(translation)
                                        .with(SwapSpec.SLOTS, (long) random.nextInt(60)),
                                Specs.BOUNDS),
                        new StrictRoom());
        witness = new Witness(machine);
    }

    Witness witness() {
        return witness;
    }

    Machine machine() {
        return machine;
    }

    private long segmentBytes() {
        return 1L << SPACE_BITS - segmentBits;
    }

    /** A command, of which the machine must think as the model does. */
    void step() {
        int pid = 1 + random.nextInt(Math.max(1, machine.inspect().processCount()));
        Seen process = processes.get(pid);
        switch (random.nextInt(25)) {
            case 24 -> witness.apply(Specs.tick(machine.spec(), pid));
            case 0, 1 -> create();
            case 2 -> fork(pid);
            case 3 -> {
                if (witness.apply(new Command.Exit(pid)) instanceof Outcome.Done) {
                    processes.remove(pid);
                }
            }
            case 4 -> witness.apply(new Command.SwapOut(pid));
            case 5 -> witness.apply(new Command.SwapIn(pid));
            case 6 -> witness.apply(new Command.Compact());
            case 7, 8 -> brk(pid);
            case 9 -> map(pid);
            case 10 -> unmap(pid);
            case 11 -> protect(pid);
            default -> {
                if (process != null) {
                    for (int i = 0; i < 6; i++) {
                        access(pid, process);
                    }
                }
            }
        }
    }

    private void create() {
        if (machine.inspect().processCount() == 12) {
            return;
        }
        List<MemoryArea> areas = new ArrayList<>();
        for (int number = 0; number < 1 << segmentBits; number++) {
            if (random.nextInt(3) > 0) {
                areas.add(area(number));
            }
        }
        Outcome outcome = witness.apply(new Command.CreateProcess("p", areas, OnSignal.CONTINUE));
        if (outcome instanceof Outcome.Made(int pid)) {
            Seen made = new Seen();
            areas.forEach(area -> made.extents.put(area.start(), extent(area)));
            processes.put(pid, made);
        }
    }

    private MemoryArea area(int number) {
        long length = 1L + random.nextInt((int) (5 * pageSize));
        boolean down = !relocation && random.nextInt(3) == 0;
        long start = number * segmentBytes();
        if (down) {
            start += segmentBytes() - length;
        }
        int protection = random.nextInt(4) == 0 ? random.nextInt(8) : Protection.ALL;
        Backing backing = Backing.of(down ? Backing.Kind.STACK : Backing.Kind.ANONYMOUS);
        return new MemoryArea(start, length, protection, backing);
    }

    private static Extent extent(MemoryArea area) {
        Extent extent = new Extent();
        extent.start = area.start();
        extent.end = area.end();
        extent.protection = area.protection();
        extent.down = area.kind() == Backing.Kind.STACK;
        return extent;
    }

    private void fork(int pid) {
        Seen parent = processes.get(pid);
        if (parent == null || machine.inspect().processCount() == 12) {
            return;
        }
        if (witness.apply(new Command.Fork(pid)) instanceof Outcome.Made(int made)) {
            Seen child = new Seen();
            child.bytes.putAll(parent.bytes);
            for (Extent extent : parent.extents.values()) {
                Extent twin = new Extent();
                twin.start = extent.start;
                twin.end = extent.end;
                twin.protection = extent.protection;
                twin.down = extent.down;
                child.extents.put(twin.start, twin);
            }
            processes.put(made, child);
        }
    }

    /** The heap is the process itself with relocation, else the segment behind its first ones. */
    private void brk(int pid) {
        Seen process = processes.get(pid);
        long increment = random.nextInt(5 * (int) pageSize) - 2 * pageSize;
        if (process == null
                || !(witness.apply(new Command.Brk(pid, 0)) instanceof Outcome.Mapped(long old))
                || !(witness.apply(new Command.Brk(pid, increment))
                        instanceof Outcome.Mapped(long end))) {
            return;
        }
        assertThat(end).isEqualTo(old + increment);
        long start = relocation ? 0 : old / segmentBytes() * segmentBytes();
        if (end == start) {
            process.extents.remove(start);
        } else if (end != old) {
            Extent extent = process.extents.computeIfAbsent(start, any -> heap(start));
            extent.end = end;
        }
        long kept = (end + pageSize - 1) / pageSize * pageSize;
        process.bytes
                .keySet()
                .removeIf(at -> at >= kept && at >= start && at < start + segmentBytes());
    }

    private static Extent heap(long start) {
        Extent extent = new Extent();
        extent.start = start;
        extent.protection = Protection.READ | Protection.WRITE;
        return extent;
    }

    private void map(int pid) {
        Seen process = processes.get(pid);
        MemoryArea area = area(random.nextInt(1 << segmentBits));
        if (process == null || relocation) {
            return;
        }
        Outcome outcome =
                witness.apply(
                        new Command.Map(
                                pid,
                                area.start(),
                                area.length(),
                                area.protection(),
                                area.backing(),
                                false));
        if (outcome instanceof Outcome.Mapped) {
            process.extents.put(area.start(), extent(area));
        }
    }

    private void unmap(int pid) {
        Seen process = processes.get(pid);
        if (process == null || process.extents.isEmpty() || relocation) {
            return;
        }
        Extent extent = process.extents.firstEntry().getValue();
        long length = extent.end - extent.start;
        Outcome outcome = witness.apply(new Command.Unmap(pid, extent.start, length));
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        process.extents.remove(extent.start);
        long end = extent.start / segmentBytes() * segmentBytes() + segmentBytes();
        process.bytes.keySet().removeIf(at -> at >= extent.start && at < end);
    }

    private void protect(int pid) {
        Seen process = processes.get(pid);
        if (process == null || process.extents.isEmpty()) {
            return;
        }
        Extent extent = process.extents.lastEntry().getValue();
        int protection = random.nextInt(8);
        Outcome outcome =
                witness.apply(
                        new Command.Protect(
                                pid, extent.start, extent.end - extent.start, protection));
        if (outcome instanceof Outcome.Done) {
            extent.protection = protection;
        }
    }

    private void access(int pid, Seen process) {
        long address = random.nextInt((1 << SPACE_BITS) + 20);
        if (!process.extents.isEmpty() && random.nextInt(4) > 0) {
            List<Extent> all = List.copyOf(process.extents.values());
            Extent near = all.get(random.nextInt(all.size()));
            address =
                    Math.max(0, near.start - 2 + random.nextInt((int) (near.end - near.start) + 4));
        }
        int op = random.nextInt(3);
        int size = address % pageSize + 4 > pageSize ? 1 : 1 + random.nextInt(4);
        long value = random.nextLong() & (1L << 8 * size) - 1;
        Outcome.Accessed outcome =
                witness.access(pid, op, address, size, op == Op.WRITE ? value : null);
        check(process, outcome.results().getFirst(), op, address, size, value);
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
        assertThat(stack.start / segmentBytes()).isEqualTo(address / segmentBytes());
        process.extents.remove(stack.start);
        stack.start = address / pageSize * pageSize;
        process.extents.put(stack.start, stack);
        return stack;
    }

    /** All bytes, wherever they are, without touching them. */
    void checkAll() {
        processes.forEach(
                (pid, process) ->
                        process.extents
                                .values()
                                .forEach(
                                        extent -> {
                                            int length = (int) (extent.end - extent.start);
                                            byte[] bytes =
                                                    machine.inspect()
                                                            .bytes(pid, extent.start, length)
                                                            .orElseThrow();
                                            for (int i = 0; i < length; i++) {
                                                assertThat(bytes[i] & 0xFFL)
                                                        .isEqualTo(
                                                                process.bytes.getOrDefault(
                                                                        extent.start + i, 0L));
                                            }
                                        }));
    }
}

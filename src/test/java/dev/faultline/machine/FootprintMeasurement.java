package dev.faultline.machine;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Measures what machines take of the heap, in a virtual machine of its own: the bytes in use after
 * the garbage collector has run, with and without them. Prints a line for each kind: its name, what
 * {@link Machine#hostBytes} says, and what was measured.
 */
final class FootprintMeasurement {

    private static final int FRAMES = 10_000;
    private static final long MIB = 1L << 20;
    private static final int TRIES = 3;

    /** As much as is measured at least, so that what else is in the heap does not matter. */
    private static final long ENOUGH = 4 * MIB;

    private static final Map<String, Supplier<Machine>> KINDS = new TreeMap<>();

    private FootprintMeasurement() {}

    public static void main(String[] arguments) throws InterruptedException {
        addPolicies();
        addTables();
        addTlbs();
        addPaging();
        addProcesses();
        for (Map.Entry<String, Supplier<Machine>> kind : KINDS.entrySet()) {
            if (arguments.length == 0 || kind.getKey().contains(arguments[0])) {
                inAThread(() -> used(kind.getValue().get())); // classes are loaded
                inAThread(() -> measure(kind.getKey(), kind.getValue()));
            }
        }
    }

    /** Does something in a thread of its own, whose stack keeps nothing alive afterwards. */
    private static void inAThread(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work);
        thread.start();
        thread.join();
    }

    private static void used(Machine machine) {
        machine.digest();
    }

    /** Measures again what seems to take too much: something else may have come into the heap. */
    private static void measure(String name, Supplier<Machine> maker) {
        long said = 0;
        long measured = Long.MAX_VALUE;
        for (int i = 0; i < TRIES && said < measured; i++) {
            List<Machine> machines = new ArrayList<>();
            long before = inUse();
            machines.add(maker.get());
            long one = Math.max(MIB / 64, inUse() - before);
            while (machines.size() * one < ENOUGH) {
                machines.add(maker.get());
            }
            measured = Math.min(measured, (inUse() - before) / machines.size());
            said = machines.stream().mapToLong(Machine::hostBytes).sum() / machines.size();
        }
        System.out.println(name + "\t" + said + "\t" + measured);
    }

    /** Bytes in use once no collection finds more to free. */
    private static long inUse() {
        Runtime runtime = Runtime.getRuntime();
        long before = Long.MAX_VALUE;
        long now = Long.MAX_VALUE >> 1;
        while (now < before) {
            before = now;
            System.gc();
            now = runtime.totalMemory() - runtime.freeMemory();
        }
        return now;
    }

    // ---- specs

    /** A spec whose parts can be replaced. */
    private record Draft(
            long pageSize,
            long frames,
            @Nullable Long bits,
            SpecValues table,
            SpecValues tlb,
            SpecValues policy,
            long slots,
            SpecValues limits,
            @Nullable Long cpus,
            SpecValues paging) {

        static final Draft PLAIN =
                new Draft(
                        4096,
                        64,
                        null,
                        SpecValues.EMPTY,
                        SpecValues.EMPTY,
                        SpecValues.of(PolicySpec.POLICY, "clock"),
                        1 << 20,
                        SpecValues.of(Limits.PROCESSES, 100_000)
                                .with(Limits.TABLE_BYTES, 512 * MIB)
                                .with(Limits.CONTENT_BYTES, 512 * MIB)
                                .with(Limits.EVENTS, 4096)
                                .with(Limits.AREAS, 65_530)
                                .with(Limits.STACK_BYTES, 8 * MIB)
                                .with(Limits.HANDLER_TRIES, 3),
                        null,
                        SpecValues.EMPTY);

        Draft frames(long other) {
            return new Draft(
                    pageSize, other, bits, table, tlb, policy, slots, limits, cpus, paging);
        }

        Draft pages(long size, Long addressBits) {
            return new Draft(
                    size, frames, addressBits, table, tlb, policy, slots, limits, cpus, paging);
        }

        Draft table(SpecValues other) {
            return new Draft(
                    pageSize, frames, bits, other, tlb, policy, slots, limits, cpus, paging);
        }

        Draft tlb(SpecValues other, long processors) {
            return new Draft(
                    pageSize,
                    frames,
                    bits,
                    table,
                    other,
                    policy,
                    slots,
                    limits,
                    processors,
                    paging);
        }

        Draft policy(SpecValues other) {
            return new Draft(
                    pageSize, frames, bits, table, tlb, other, slots, limits, cpus, paging);
        }

        Draft limits(int processes, int events) {
            SpecValues other =
                    SpecValues.of(Limits.PROCESSES, processes)
                            .with(Limits.TABLE_BYTES, 512 * MIB)
                            .with(Limits.CONTENT_BYTES, 512 * MIB)
                            .with(Limits.EVENTS, events)
                            .with(Limits.AREAS, 65_530)
                            .with(Limits.STACK_BYTES, 8 * MIB)
                            .with(Limits.HANDLER_TRIES, 3);
            return new Draft(
                    pageSize, frames, bits, table, tlb, policy, slots, other, cpus, paging);
        }

        Draft paging(SpecValues other) {
            return new Draft(
                    pageSize, frames, bits, table, tlb, policy, slots, limits, cpus, other);
        }

        Machine machine() {
            return new Machine(
                    MachineSpec.of(
                            SpecValues.of(MachineSpec.SEED, 1)
                                    .with(MachineSpec.PAGE_SIZE, pageSize)
                                    .with(MachineSpec.FRAMES, frames)
                                    .with(MachineSpec.ADDRESS_BITS, bits)
                                    .with(table)
                                    .with(tlb)
                                    .with(policy)
                                    .with(SwapSpec.SLOTS, slots)
                                    .with(limits)
                                    .with(MachineSpec.CPUS, cpus)
                                    .with(paging),
                            Specs.BOUNDS));
        }
    }

    private static void add(String name, Supplier<Machine> maker) {
        KINDS.put(name, maker);
    }

    // ---- what is done to them

    /** A process that reads or writes so many pages, a stride apart. */
    private static Machine touch(Machine machine, long count, long stride, boolean store) {
        Outcome made = machine.apply(Command.CreateProcess.plain("", machine.spec()));
        int pid = ((Outcome.Made) made).pid();
        AccessBlock block = new AccessBlock(machine.spec(), 1000);
        for (long page = 0; page < count; page++) {
            long address = page * stride * machine.spec().pageSize();
            if (store) {
                block.addSized(Op.WRITE, address, 1, true, 1);
            } else {
                block.add(page % 2 == 0 ? Op.WRITE : Op.READ, address);
            }
            if (block.count() == 1000 || page == count - 1) {
                machine.apply(new Command.Access(pid, block, false));
                block.clear();
            }
        }
        return machine;
    }

    private static Machine exited(Machine machine) {
        machine.apply(new Command.Exit(machine.inspect().processCount()));
        return machine;
    }

    // ---- kinds

    private static void addPolicies() {
        for (String name : Machine.policyNames()) {
            Draft plain = Draft.PLAIN.frames(FRAMES).policy(SpecValues.of(PolicySpec.POLICY, name));
            add("policy " + name, plain::machine);
            add("policy " + name + ", used", () -> touch(plain.machine(), 2 * FRAMES, 1, false));
            Draft most = Draft.PLAIN.frames(FRAMES / 10).policy(largest(name));
            add("policy " + name + ", largest", most::machine);
            add(
                    "policy " + name + ", largest, used",
                    () -> touch(most.machine(), FRAMES, 1, false));
        }
        for (String name : List.of("clock", "lru", "lfu", "aging")) {
            Draft local =
                    Draft.PLAIN
                            .frames(1000)
                            .limits(4000, 4096)
                            .policy(
                                    SpecValues.of(PolicySpec.POLICY, name)
                                            .with(Parameters.SCOPE, Parameters.Scope.LOCAL)
                                            .with(
                                                    Parameters.ALLOTMENT,
                                                    Parameters.Allotment.DYNAMIC));
            add("policy " + name + ", of each process", () -> processes(local.machine(), 20));
        }
    }

    /** A policy with the values with which it takes most. */
    private static SpecValues largest(String name) {
        return SpecValues.of(Parameters.POLICY, name)
                .with(Parameters.REFERENCED_ON_LOAD, false)
                .with(Parameters.BITS, 32)
                .with(Parameters.K, 8)
                .with(Parameters.HALVE_EVERY, 1000)
                .with(Parameters.REMEMBERED, 2000)
                .with(Parameters.REFAULTS, true);
    }

    private static Machine processes(Machine machine, int count) {
        for (int i = 0; i < count; i++) {
            touch(machine, 20, 1, false);
        }
        return machine;
    }

    private static void addTables() {
        Map<String, SpecValues> tables = new TreeMap<>();
        for (Translation.Kind kind :
                List.of(
                        Translation.Kind.LINEAR,
                        Translation.Kind.HIERARCHICAL,
                        Translation.Kind.HASHED,
                        Translation.Kind.INVERTED,
                        Translation.Kind.SEGMENTED_PAGING)) {
            tables.put(kind.toString(), SpecValues.of(Translation.KIND, kind));
        }
        tables.put("small nodes", levels(null, 20, 1, 1, 1, 1));
        tables.put("in frames", levels(Translation.Memory.FRAMES, 8, 8, 8));
        tables.put("pageable", levels(Translation.Memory.PAGEABLE, 8, 8, 8));
        tables.put(
                "many buckets",
                SpecValues.of(Translation.KIND, Translation.Kind.HASHED)
                        .with(Translation.BUCKETS, (long) (1 << 22)));
        tables.put(
                "many segments",
                SpecValues.of(Translation.KIND, Translation.Kind.SEGMENTED_PAGING)
                        .with(Translation.SEGMENT_BITS, 12));
        tables.forEach(
                (name, table) -> {
                    Draft draft = Draft.PLAIN.frames(FRAMES).table(table).pages(4096, 36L);
                    add("table " + name, () -> touch(draft.machine(), 9000, 1, false));
                    add(
                            "table " + name + ", sparse",
                            () -> touch(draft.machine(), 900, 700, false));
                    add("table " + name + ", left", () -> left(draft.frames(64)));
                });
        for (Translation.Kind kind :
                List.of(Translation.Kind.RELOCATION, Translation.Kind.SEGMENTATION)) {
            Draft draft =
                    Draft.PLAIN
                            .frames(FRAMES)
                            .table(SpecValues.of(Translation.KIND, kind))
                            .policy(SpecValues.of(PolicySpec.POLICY, "fifo"));
            add("table " + kind, () -> touch(draft.machine(), 2000, 1, false));
            add("table " + kind + ", left", () -> left(draft.frames(64)));
        }
        Draft hashed =
                Draft.PLAIN
                        .frames(FRAMES)
                        .table(SpecValues.of(Translation.KIND, Translation.Kind.HASHED));
        add(
                "table HASHED, emptied",
                () -> {
                    Machine machine = touch(hashed.machine(), 9000, 1, false);
                    machine.apply(new Command.Unmap(1, 0, 9000 * 4096L));
                    return machine;
                });
    }

    private static SpecValues levels(Translation.@Nullable Memory memory, Integer... bits) {
        return SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                .with(Translation.LEVELS, List.of(bits))
                .with(Translation.MEMORY, memory);
    }

    /** Processes that have ended. */
    private static Machine left(Draft draft) {
        Machine machine = draft.machine();
        for (int i = 0; i < 40; i++) {
            exited(touch(machine, 10, 1, false));
        }
        return machine;
    }

    private static void addTlbs() {
        SpecValues second =
                SpecValues.of(TlbSpec.ENTRIES, 4096)
                        .with(TlbSpec.WAYS, 4)
                        .with(TlbSpec.TAGGED, true);
        add(
                "tlb none",
                () -> Draft.PLAIN.tlb(SpecValues.EMPTY.withNo(TlbSpec.SECTION), 1).machine());
        add("tlb default", Draft.PLAIN::machine);
        add("tlb large", () -> Draft.PLAIN.tlb(second, 1).machine());
        add(
                "tlb split, with a second level and a walk cache, of 64 processors",
                () ->
                        Draft.PLAIN
                                .tlb(
                                        SpecValues.of(TlbSpec.ENTRIES, 4096)
                                                .with(TlbSpec.WAYS, 8)
                                                .with(TlbSpec.TAGGED, true)
                                                .with(TlbSpec.SPLIT, true)
                                                .with(Specs.behind(second))
                                                .with(TlbSpec.WALK_CACHE, 64),
                                        64)
                                .machine());
        add(
                "tlb odd",
                () ->
                        Draft.PLAIN
                                .tlb(
                                        SpecValues.of(TlbSpec.ENTRIES, 4095)
                                                .with(TlbSpec.WAYS, 4095)
                                                .with(TlbSpec.TAGGED, true),
                                        8)
                                .machine());
    }

    private static void addPaging() {
        add("events", () -> touch(Draft.PLAIN.limits(1000, 65_536).machine(), 60_000, 1, false));
        add("slots", () -> touch(Draft.PLAIN.machine(), 100_000, 1, false));
        for (long size : new long[] {16, 64, 4096, 1 << 16, 1 << 22}) {
            Draft draft = Draft.PLAIN.pages(size, 44L).frames(300);
            add("content of pages of " + size, () -> touch(draft.machine(), 400, 1, true));
        }
        add("content, swapped", () -> touch(Draft.PLAIN.machine(), 3000, 1, true));
        SpecValues control =
                SpecValues.of(PagingSpec.LoadControl.KIND, PagingSpec.LoadControl.Kind.WORKING_SET)
                        .with(PagingSpec.LoadControl.WINDOW, 1L << 40)
                        .with(PagingSpec.LoadControl.HIGH, 8)
                        .with(PagingSpec.LoadControl.LOW, 4)
                        .with(PagingSpec.LoadControl.PATIENCE, 1L << 27);
        SpecValues measured =
                SpecValues.of(PagingSpec.ReadAhead.SWAP, 1)
                        .with(PagingSpec.ReadAhead.FILE, 1)
                        .with(control);
        add(
                "working sets",
                () -> touch(Draft.PLAIN.frames(1000).paging(measured).machine(), 50_000, 1, false));
        SpecValues busy =
                SpecValues.of(PagingSpec.MIN, 10)
                        .with(PagingSpec.LOW, 100)
                        .with(PagingSpec.HIGH, 500)
                        .with(PagingSpec.IN_FLIGHT, 1 << 20)
                        .with(PagingSpec.DIRTY_BACKGROUND, 50)
                        .with(PagingSpec.DIRTY_LIMIT, 90)
                        .with(PagingSpec.ReadAhead.SWAP, 1024)
                        .with(PagingSpec.ReadAhead.FILE, 1024)
                        .with(PagingSpec.ReadAhead.STRIDE, 1024);
        add(
                "daemon and read-ahead",
                () -> {
                    Machine machine =
                            touch(Draft.PLAIN.frames(1000).paging(busy).machine(), 5000, 1, false);
                    return touch(machine, 5000, 1, true);
                });
        add(
                "choices",
                () -> {
                    Machine machine = touch(Draft.PLAIN.machine(), 100, 1, false);
                    AccessBlock block = new AccessBlock(machine.spec(), 3000);
                    LongStream.range(0, 3000).forEach(page -> block.add(Op.READ, page << 12));
                    for (int i = 0; i < 5; i++) {
                        machine.apply(new Command.Access(1, block, true));
                    }
                    return machine;
                });
        add(
                "future",
                () -> {
                    Draft draft = Draft.PLAIN.policy(SpecValues.of(PolicySpec.POLICY, "optimal"));
                    Machine machine = touch(draft.machine(), 1, 1, false);
                    AccessBlock block = new AccessBlock(machine.spec(), 200_000);
                    LongStream.range(0, 200_000)
                            .forEach(at -> block.add(Op.READ, at * 7 % 5000 << 12));
                    machine.apply(new Command.Access(1, block, false));
                    return machine;
                });
    }

    private static void addProcesses() {
        add("processes", () -> processes(Draft.PLAIN.machine(), 200));
        add(
                "processes, ended",
                () -> {
                    Machine machine = Draft.PLAIN.machine();
                    for (int i = 0; i < 500; i++) {
                        exited(touch(machine, 1, 1, false));
                    }
                    return machine;
                });
        add(
                "forks",
                () -> {
                    Machine machine = touch(Draft.PLAIN.frames(FRAMES).machine(), 9000, 1, false);
                    for (int i = 0; i < 20; i++) {
                        machine.apply(new Command.Fork(1));
                    }
                    return machine;
                });
        add(
                "handlers",
                () -> {
                    Machine machine = Draft.PLAIN.machine();
                    for (int pid = 1; pid <= 300; pid++) {
                        machine.apply(Command.CreateProcess.plain("p".repeat(100), machine.spec()));
                        List<UserHandler.Action> actions = new ArrayList<>();
                        for (int i = 0; i < UserHandler.MAX_ACTIONS; i++) {
                            actions.add(
                                    new UserHandler.Protect(
                                            new UserHandler.Place(true, i), 4096, Protection.ALL));
                        }
                        machine.apply(new Command.SetHandler(pid, new UserHandler(actions)));
                    }
                    return machine;
                });
        add(
                "areas",
                () -> {
                    Machine machine = Draft.PLAIN.machine();
                    machine.apply(new Command.CreateProcess("", List.of(), OnSignal.TERMINATE));
                    for (long i = 0; i < 20_000; i++) {
                        machine.apply(
                                new Command.Map(
                                        1,
                                        i * 8192,
                                        4096,
                                        Protection.ALL,
                                        Backing.of(Backing.Kind.ANONYMOUS),
                                        false));
                    }
                    return machine;
                });
        add(
                "files",
                () -> {
                    Machine machine = Draft.PLAIN.machine();
                    for (int i = 0; i < 2000; i++) {
                        String name = "f".repeat(90) + i;
                        machine.apply(Command.PutFile.of(name, new byte[0], Protection.ALL));
                    }
                    return machine;
                });
        add(
                "file",
                () -> {
                    Machine machine = Draft.PLAIN.pages(64, 30L).machine();
                    byte[] bytes = new byte[200_000];
                    Arrays.fill(bytes, (byte) 1);
                    machine.apply(Command.PutFile.of("f", bytes, Protection.ALL));
                    return machine;
                });
        add(
                "groups",
                () -> {
                    Machine machine = Draft.PLAIN.machine();
                    for (int i = 0; i < 3000; i++) {
                        machine.apply(new Command.PutGroup("g".repeat(58) + i, 5, 0));
                    }
                    return machine;
                });
        for (Generator.Kind kind : Generator.Kind.values()) {
            add(
                    "program " + kind,
                    () -> {
                        Machine machine = Draft.PLAIN.machine();
                        machine.apply(Command.CreateProcess.plain("", machine.spec()));
                        Generator.Shape shape =
                                new Generator.Shape(
                                        kind, 100_000, 0, 1 << 20, 64, 0.5, 1, 1, 4, 8, 0.3);
                        Program program = new Generator(shape, 4096);
                        machine.apply(new Command.GiveProgram(1, program, 0));
                        machine.apply(new Command.Run(null, 1000L, null, 0));
                        return machine;
                    });
        }
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The law of schemes: whatever table and TLBs translate, the same commands on the same processors
 * give the same bytes, faults, evictions and signals. Only what a translation costs differs, and
 * who meets a stale entry.
 */
class SchemesTest {

    private static final int STEPS = 300;
    private static final int PAGES = 32;
    private static final long PAGE = 64;
    private static final int CPUS = 3;

    @Seeds(150)
    void theSchemeNeverChangesTheAnswer(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String policy = Policies.names().get(random.nextInt(Policies.names().size()));
        long frames = 3L + random.nextInt(8);
        long slots = List.of(3L, 16L, 256L).get(random.nextInt(3));
        List<Machine> machines = new ArrayList<>();
        for (SpecValues scheme :
                List.of(
                        SpecValues.of(Translation.KIND, Translation.Kind.LINEAR),
                        SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                                .with(Translation.LEVELS, List.of(1, 2, 2)),
                        SpecValues.of(Translation.KIND, Translation.Kind.HASHED)
                                .with(Translation.BUCKETS, 3),
                        SpecValues.of(Translation.KIND, Translation.Kind.INVERTED)
                                .with(Translation.BUCKETS, 5),
                        SpecValues.of(Translation.KIND, Translation.Kind.SEGMENTED_PAGING)
                                .with(Translation.SEGMENT_BITS, 2))) {
            machines.add(machine(seed, frames, slots, policy, scheme, tlb(random), CPUS));
        }
        for (int step = 0; step < STEPS; step++) {
            Command command = command(random, (int) frames);
            List<Object> outcomes = machines.stream().map(m -> answer(m, command)).toList();
            assertThat(outcomes).as("step %d: %s", step, command).allMatch(outcomes.get(0)::equals);
            machines.forEach(Laws::check);
        }
        List<Counters> counters = machines.stream().map(SchemesTest::counters).toList();
        assertThat(counters).allMatch(counters.get(0)::equals);
        for (Machine machine : machines) {
            assertThat(Machine.restore(machine.spec(), machine.save()).digest())
                    .isEqualTo(machine.digest());
        }
    }

    private static SpecValues tlb(SplittableRandom random) {
        long ways = 1L << random.nextInt(3);
        boolean tagged = random.nextBoolean();
        return random.nextInt(4) == 0
                ? SpecValues.EMPTY.withNo(TlbSpec.SECTION)
                : SpecValues.of(TlbSpec.ENTRIES, ways * (1 + random.nextInt(4)))
                        .with(TlbSpec.WAYS, ways)
                        .with(
                                TlbSpec.REPLACEMENT,
                                TlbSpec.Replacement.values()[
                                        random.nextInt(TlbSpec.Replacement.values().length)])
                        .with(TlbSpec.TAGGED, tagged)
                        .with(TlbSpec.MANAGEMENT, TlbSpec.Management.values()[random.nextInt(2)])
                        .with(TlbSpec.SPLIT, random.nextBoolean())
                        .with(
                                random.nextBoolean()
                                        ? SpecValues.EMPTY
                                        : SpecValues.of(TlbSpec.SECOND_ENTRIES, 12)
                                                .with(TlbSpec.SECOND_WAYS, 4))
                        .with(
                                TlbSpec.ASID_BITS,
                                tagged && random.nextBoolean() ? 1L + random.nextInt(2) : null)
                        .with(TlbSpec.GLOBAL, random.nextBoolean());
    }

    private static Machine machine(
            long seed,
            long frames,
            long slots,
            String policy,
            SpecValues scheme,
            SpecValues tlb,
            long cpus) {
        return new Machine(
                MachineSpec.of(
                        SpecValues.of(MachineSpec.SEED, seed)
                                .with(MachineSpec.PAGE_SIZE, PAGE)
                                .with(MachineSpec.FRAMES, frames)
                                .with(MachineSpec.ADDRESS_BITS, 11)
                                .with(scheme)
                                .with(tlb)
                                .with(PolicySpec.POLICY, policy)
                                .with(SwapSpec.SLOTS, slots)
                                .with(MachineSpec.CPUS, cpus),
                        Specs.BOUNDS),
                new StrictRoom());
    }

    static Command command(SplittableRandom random, int frames) {
        int pid = 1 + random.nextInt(5);
        long start = random.nextInt(PAGES - 4) * PAGE;
        long length = 1L + random.nextInt(4 * (int) PAGE);
        return switch (random.nextInt(30)) {
            case 0 ->
                    new Command.CreateProcess(
                            "",
                            List.of(new MemoryArea(start, length, Protection.ALL)),
                            OnSignal.CONTINUE);
            case 1 -> new Command.Fork(pid);
            case 2 -> random.nextInt(4) == 0 ? new Command.Exit(pid) : new Command.SwapIn(pid);
            case 3, 4, 5, 6 ->
                    new Command.Map(
                            pid,
                            start,
                            length,
                            random.nextInt(8),
                            List.of(
                                            Backing.ANONYMOUS,
                                            Backing.UNNAMED,
                                            Backing.sharedMemory("shared"),
                                            Backing.file("file", 0, random.nextBoolean()))
                                    .get(random.nextInt(4)),
                            true);
            case 7 -> new Command.Unmap(pid, start, length);
            case 8, 9 -> new Command.Protect(pid, start, length, random.nextInt(8));
            case 10 ->
                    new Command.Advise(
                            pid,
                            start,
                            length,
                            Command.Advice.values()[
                                    random.nextInt(6)]); // of huge pages only one kind knows
            case 11 -> new Command.SwapOut(pid);
            case 12 -> new Command.Dirty(pid, 0, PAGES * PAGE);
            case 13 -> new Command.MapFrame(random.nextInt(frames), Protection.ALL);
            case 14 -> Command.PutFile.of("file", new byte[100], Protection.ALL);
            case 15 -> new Command.Remap(pid, start, length, 2 * length, true);
            case 16 -> new Command.Sync(pid, start, length);
            default -> access(random, pid);
        };
    }

    private static Command access(SplittableRandom random, int pid) {
        AccessBlock block = new AccessBlock(machineSpec(), 8);
        for (int i = 0; i < 8; i++) {
            int op = random.nextInt(3);
            long address = random.nextInt(PAGES) * PAGE + random.nextInt(4);
            int from = block.count();
            block.addSized(op, address, 1, op == Op.WRITE, random.nextInt(256));
            if (random.nextInt(3) == 0) {
                block.setCpu(from, random.nextInt(CPUS));
            }
        }
        return new Command.Access(random.nextInt(12) == 0 ? 0 : pid, block, true);
    }

    private static MachineSpec machineSpec() {
        return machine(1, 3, 3, "fifo", SpecValues.EMPTY, SpecValues.EMPTY, CPUS).spec();
    }

    /** An outcome, but for what may differ: ticks, and what the TLB said. */
    private static Object answer(Machine machine, Command command) {
        Outcome outcome = machine.apply(command);
        if (!(outcome instanceof Outcome.Accessed accessed)) {
            return outcome;
        }
        List<Object> answers = new ArrayList<>();
        for (AccessResult result : accessed.results()) {
            answers.add(result.faults().stream().filter(SchemesTest::isOfTheTable).toList());
            answers.add(result.frame());
            answers.add(String.valueOf(result.value()));
            answers.add(String.valueOf(result.signal()));
        }
        answers.add(String.valueOf(accessed.stopped()));
        return answers;
    }

    /** A stale entry is a TLB's, and another TLB may not have it. */
    private static boolean isOfTheTable(Fault fault) {
        return fault.resolution() != Fault.Resolution.UPGRADE;
    }

    private static Counters counters(Machine machine) {
        Counters counters = machine.counters();
        for (Counter cost :
                List.of(
                        Counter.TICKS,
                        Counter.WALK_TICKS,
                        Counter.TRAP_TICKS,
                        Counter.TLB_TICKS,
                        Counter.SWITCH_TICKS,
                        Counter.SHOOTDOWN_TICKS,
                        Counter.WALK_REFERENCES,
                        Counter.TLB_HITS,
                        Counter.TLB_SECOND_HITS,
                        Counter.CONTEXT_SWITCHES,
                        Counter.SHOOTDOWNS,
                        Counter.ASID_ROLLOVERS,
                        Counter.PROTECTION_FAULTS,
                        Counter.TLB_MISSES,
                        Counter.TLB_FLUSHES)) {
            counters.add(cost, -counters.get(cost));
        }
        return counters;
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.oracle.Config;
import dev.faultline.oracle.SlowMachine;
import dev.faultline.testing.Seeds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Thousands of random commands on a machine, on a slow second one, and on a flat map of bytes: are
 * the bytes, the counts and the places the same, and do the laws hold after every step?
 */
class RandomCommandsTest {

    private static final int STEPS = 600;

    @Seeds(300)
    void agreesWithTheOracleAndKeepsTheLaws(long seed) {
        new Run(seed).go();
    }

    /** One sequence of commands. */
    private static final class Run {

        private final SplittableRandom random;
        private final Machine machine;
        private final SlowMachine oracle;
        private final int pages;
        private final List<Integer> live = new ArrayList<>();
        private final Map<Integer, Map<Long, Byte>> bytes = new HashMap<>();
        private final EventTally events = new EventTally();

        Run(long seed) {
            random = new SplittableRandom(seed);
            int frames = 2 + random.nextInt(12);
            pages = 4 + random.nextInt(24);
            int slots = random.nextInt(4) == 0 ? random.nextInt(12) : 256;
            List<List<Integer>> shapes =
                    List.of(List.of(9, 9, 9, 9), List.of(4, 16), List.of(12), List.of(10, 3));
            List<Integer> levels = shapes.get(random.nextInt(shapes.size()));
            int ways = 1 << random.nextInt(3);
            int entries = random.nextInt(5) == 0 ? 0 : ways * (1 + random.nextInt(5));
            boolean tagged = random.nextBoolean();
            boolean lru = random.nextBoolean();
            String policy = List.of("fifo", "lru", "clock").get(random.nextInt(3));
            MachineSpec spec =
                    Specs.of(
                            policy,
                            frames,
                            Specs.tlb(entries)
                                    .with(TlbSpec.WAYS, entries == 0 ? null : Long.valueOf(ways))
                                    .with(
                                            TlbSpec.REPLACEMENT,
                                            lru
                                                    ? TlbSpec.Replacement.LRU
                                                    : TlbSpec.Replacement.FIFO)
                                    .with(TlbSpec.TAGGED, tagged),
                            slots,
                            levels);
            machine = new Machine(spec, new StrictRoom());
            Config config =
                    Config.defaults()
                            .withFrames(frames)
                            .withLevels(levels.stream().mapToInt(Integer::intValue).toArray())
                            .withPolicy(
                                    Config.Policy.valueOf(
                                            policy.toUpperCase(java.util.Locale.ROOT)))
                            .withSwapSlots(slots);
            config =
                    entries == 0
                            ? config.withoutTlb()
                            : config.withTlb(
                                    entries,
                                    ways,
                                    lru ? Config.TlbReplacement.LRU : Config.TlbReplacement.FIFO,
                                    tagged);
            oracle = new SlowMachine(config);
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                } catch (UnsupportedOperationException beyondTheOracle) {
                    return;
                }
                Laws.check(machine);
                Laws.checkMapsAreCounted(machine);
                events.check(machine);
                assertThat(countersOf(machine)).isEqualTo(oracle.counters());
                assertThat(machine.inspect().frames().freeFrames()).isEqualTo(oracle.freeFrames());
                assertThat(machine.inspect().frames().usedSlots()).isEqualTo(oracle.usedSlots());
            }
            comparePages();
            live.forEach(pid -> machine.apply(new Command.Exit(pid)));
            Laws.check(machine);
            assertThat(machine.inspect().frames().freeFrames())
                    .isEqualTo(machine.inspect().frames().frameCount());
            assertThat(machine.inspect().frames().usedSlots()).isZero();
        }

        private void step() {
            if (live.isEmpty()) {
                int pid = oracle.createProcess();
                assertThat(machine.apply(Specs.process(machine.spec())))
                        .isEqualTo(new Outcome.Made(pid));
                live.add(pid);
                bytes.put(pid, new HashMap<>());
                return;
            }
            int pid = live.get(random.nextInt(live.size()));
            int kind = random.nextInt(41);
            if (kind == 40) {
                oracle.tick();
                machine.apply(Specs.tick(machine.spec(), pid));
            } else if (kind == 0 && live.size() < 6) {
                int child = oracle.fork(pid);
                assertThat(machine.apply(new Command.Fork(pid))).isEqualTo(new Outcome.Made(child));
                live.add(child);
                bytes.put(child, new HashMap<>(Objects.requireNonNull(bytes.get(pid))));
            } else if (kind == 1) {
                oracle.exit(pid);
                machine.apply(new Command.Exit(pid));
                live.remove(Integer.valueOf(pid));
            } else {
                access(pid, kind);
            }
        }

        private void access(int pid, int kind) {
            long address = random.nextInt(pages) * 4096L + random.nextInt(3) * 8L;
            Map<Long, Byte> memory = Objects.requireNonNull(bytes.get(pid));
            Outcome.Accessed outcome;
            if (kind < 16) {
                long value = random.nextLong();
                oracle.write(pid, address, 8, value);
                outcome = Specs.access(machine, pid, Op.WRITE, address, 8, value);
                for (int i = 0; i < 8; i++) {
                    memory.put(address + i, (byte) (value >>> 8 * i));
                }
            } else if (kind < 36) {
                long expected = 0;
                for (int i = 7; i >= 0; i--) {
                    expected = expected << 8 | memory.getOrDefault(address + i, (byte) 0) & 0xFF;
                }
                long slow = oracle.read(pid, address, 8);
                outcome = Specs.access(machine, pid, Op.READ, address, 8, null);
                if (outcome.stopped() == null) {
                    assertThat(slow).isEqualTo(expected);
                    assertThat(outcome.results().getFirst().value()).isEqualTo(expected);
                }
            } else if (kind < 38) {
                oracle.access(pid, 'x', address);
                outcome = Specs.access(machine, pid, Op.EXECUTE, address, 1, null);
            } else {
                oracle.access(pid, 'w', address);
                outcome = Specs.access(machine, pid, Op.WRITE, address, 1, null);
            }
            assertThat(outcome.stopped() != null).isEqualTo(oracle.terminated(pid));
            if (outcome.stopped() != null) {
                live.remove(Integer.valueOf(pid));
            }
        }

        private void comparePages() {
            for (int pid : live) {
                machine.inspect()
                        .pages(pid, 0, pages)
                        .forEach(
                                page -> {
                                    String state =
                                            page.state().name().toLowerCase(java.util.Locale.ROOT);
                                    assertThat(state).isEqualTo(oracle.pageState(pid, page.page()));
                                    int frame = page.frame() == null ? -1 : page.frame();
                                    assertThat(frame).isEqualTo(oracle.frameOf(pid, page.page()));
                                });
            }
        }
    }

    static Map<String, Long> countersOf(Machine machine) {
        Map<String, Long> counters = new HashMap<>();
        for (Counter counter : Counter.common()) {
            counters.put(counter.key(), machine.counters().get(counter));
        }
        return counters;
    }
}

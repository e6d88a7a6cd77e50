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

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A slow second machine, and a flat map of the bytes that each process has written. */
final class OracleModel implements Model {

    /** Pages that are compared in the end. */
    static final int PAGES = 28;

    private final Witness witness;
    private final Machine machine;
    private final SlowMachine oracle;
    private final Map<Integer, Map<Long, Byte>> live = new TreeMap<>();
    private final EventTally events = new EventTally();

    OracleModel(Witness witness) {
        this.witness = witness;
        machine = witness.machine();
        oracle = new SlowMachine(config(machine.spec()));
    }

    private static Config config(MachineSpec spec) {
        TlbSpec tlb = spec.tlb();
        Config config =
                Config.defaults()
                        .withFrames(spec.frames())
                        .withLevels(
                                spec.translation().levels().stream()
                                        .mapToInt(Integer::intValue)
                                        .toArray())
                        .withPolicy(Config.Policy.valueOf(spec.policy().toUpperCase(Locale.ROOT)))
                        .withSwapSlots(spec.swap().slots());
        return tlb.entries() == 0
                ? config.withoutTlb()
                : config.withTlb(
                        tlb.entries(),
                        tlb.ways(),
                        Config.TlbReplacement.valueOf(tlb.replacement().name()),
                        tlb.tagged());
    }

    List<Integer> live() {
        return List.copyOf(live.keySet());
    }

    @Override
    public Consumer<Outcome> expect(Command command) {
        return switch (command) {
            case Command.CreateProcess create -> made(oracle.createProcess(), Map.of());
            case Command.Fork(int pid) when live.containsKey(pid) ->
                    made(oracle.fork(pid), bytes(pid));
            case Command.Exit(int pid) when live.containsKey(pid) -> {
                oracle.exit(pid);
                live.remove(pid);
                yield outcome -> assertThat(outcome).isInstanceOf(Outcome.Done.class);
            }
            case Command.Access access when access.block().op(0) == Op.TICK -> {
                oracle.tick();
                yield outcome -> {};
            }
            case Command.Access access when live.containsKey(access.pid()) -> access(access);
            default -> outcome -> assertThat(outcome).isInstanceOf(Outcome.NoProcess.class);
        };
    }

    private Map<Long, Byte> bytes(int pid) {
        return Objects.requireNonNull(live.get(pid));
    }

    private Consumer<Outcome> made(int pid, Map<Long, Byte> bytes) {
        live.put(pid, new HashMap<>(bytes));
        return outcome -> assertThat(outcome).isEqualTo(new Outcome.Made(pid));
    }

    private Consumer<Outcome> access(Command.Access access) {
        int pid = access.pid();
        int op = access.block().op(0);
        int size = access.block().size(0);
        long address = access.block().address(0);
        Map<Long, Byte> memory = bytes(pid);
        if (access.block().stores(0)) {
            long value = access.block().value(0);
            oracle.write(pid, address, size, value);
            for (int i = 0; i < size; i++) {
                memory.put(address + i, (byte) (value >>> 8 * i));
            }
        } else if (op != Op.READ) {
            oracle.access(pid, op == Op.EXECUTE ? 'x' : 'w', address);
        }
        Long slow = op == Op.READ ? Long.valueOf(oracle.read(pid, address, size)) : null;
        return outcome -> {
            Outcome.Accessed accessed = (Outcome.Accessed) outcome;
            assertThat(accessed.stopped() != null).isEqualTo(oracle.terminated(pid));
            if (accessed.stopped() != null) {
                live.remove(pid);
            } else if (slow != null) {
                long expected = 0;
                for (int i = size - 1; i >= 0; i--) {
                    expected = expected << 8 | memory.getOrDefault(address + i, (byte) 0) & 0xFF;
                }
                assertThat(slow).isEqualTo(expected);
                assertThat(accessed.results().getFirst().value()).isEqualTo(expected);
            }
        };
    }

    @Override
    public void check() {
        Laws.check(machine);
        Laws.checkMapsAreCounted(machine);
        events.check(machine);
        assertThat(counters()).isEqualTo(oracle.counters());
        assertThat(machine.inspect().frames().freeFrames()).isEqualTo(oracle.freeFrames());
        assertThat(machine.inspect().frames().usedSlots()).isEqualTo(oracle.usedSlots());
    }

    private Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>();
        for (Counter counter : Counter.common()) {
            counters.put(counter.key(), machine.counters().get(counter));
        }
        return counters;
    }

    @Override
    public void end() {
        live.keySet().forEach(this::comparePages);
        witness.checkHistory();
        live.keySet().forEach(pid -> machine.apply(new Command.Exit(pid)));
        Laws.check(machine);
        assertThat(machine.inspect().frames().freeFrames())
                .isEqualTo(machine.inspect().frames().frameCount());
        assertThat(machine.inspect().frames().usedSlots()).isZero();
    }

    private void comparePages(int pid) {
        machine.inspect()
                .pages(pid, 0, PAGES)
                .forEach(
                        page -> {
                            String state = page.state().name().toLowerCase(Locale.ROOT);
                            assertThat(state).isEqualTo(oracle.pageState(pid, page.page()));
                            int frame = page.frame() == null ? -1 : page.frame();
                            assertThat(frame).isEqualTo(oracle.frameOf(pid, page.page()));
                        });
    }
}

package dev.faultline.machine;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.testing.Seeds;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Thousands of random commands on a machine, on a slow second one, and on a flat map of bytes: are
 * the bytes, the counts and the places the same, and do the laws hold after every step?
 */
class RandomCommandsTest {

    private static final int STEPS = 600;
    private static final long PAGE = 4096;

    @Seeds(300)
    void agreesWithTheOracleAndKeepsTheLaws(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = spec(random);
        int pages = 4 + random.nextInt(OracleModel.PAGES - 4);
        Game.play(
                Rules.ORACLE,
                spec,
                STEPS,
                (machine, model) -> () -> command(random, spec, (OracleModel) model, pages));
    }

    private static MachineSpec spec(SplittableRandom random) {
        int frames = 2 + random.nextInt(12);
        int slots = random.nextInt(4) == 0 ? random.nextInt(12) : 256;
        List<List<Integer>> shapes =
                List.of(List.of(9, 9, 9, 9), List.of(4, 16), List.of(12), List.of(10, 3));
        List<Integer> levels = shapes.get(random.nextInt(shapes.size()));
        long ways = 1L << random.nextInt(3);
        long entries = random.nextInt(5) == 0 ? 0 : ways * (1 + random.nextInt(5));
        SpecValues tlb =
                Specs.tlb(entries)
                        .with(TlbSpec.WAYS, entries == 0 ? null : ways)
                        .with(
                                TlbSpec.REPLACEMENT,
                                random.nextBoolean()
                                        ? TlbSpec.Replacement.LRU
                                        : TlbSpec.Replacement.FIFO)
                        .with(TlbSpec.TAGGED, random.nextBoolean());
        String policy = List.of("fifo", "lru", "clock").get(random.nextInt(3));
        return Specs.of(policy, frames, tlb, slots, levels);
    }

    private static Command command(
            SplittableRandom random, MachineSpec spec, OracleModel model, int pages) {
        List<Integer> live = model.live();
        if (live.isEmpty()) {
            return Specs.process(spec);
        }
        int pid = live.get(random.nextInt(live.size()));
        int kind = random.nextInt(41);
        if (kind == 40) {
            return Specs.tick(spec, pid);
        } else if (kind == 0 && live.size() < 6) {
            return new Command.Fork(pid);
        } else if (kind == 1) {
            return new Command.Exit(pid);
        }
        long address = random.nextInt(pages) * PAGE + random.nextInt(3) * 8L;
        if (kind < 16) {
            return Specs.access(spec, pid, Op.WRITE, address, 8, random.nextLong());
        } else if (kind < 36) {
            return Specs.access(spec, pid, Op.READ, address, 8, null);
        }
        return Specs.access(spec, pid, kind < 38 ? Op.EXECUTE : Op.WRITE, address, 1, null);
    }
}

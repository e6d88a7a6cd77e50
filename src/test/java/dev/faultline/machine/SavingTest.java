package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Does a machine that was saved and restored go on as if nothing had happened? */
@Tag("slow")
class SavingTest {

    static Stream<Arguments> policies() {
        return Stream.of(
                Arguments.of("fifo", TlbSpec.Replacement.LRU),
                Arguments.of("lru", TlbSpec.Replacement.FIFO),
                Arguments.of("clock", TlbSpec.Replacement.RANDOM));
    }

    @Seeds(value = 1, of = "policies")
    void restoredMachineKeepsTheDigest(String policy, TlbSpec.Replacement tlb, long seed) {
        MachineSpec spec =
                Specs.of(
                        policy,
                        9,
                        SpecValues.of(TlbSpec.ENTRIES, 8)
                                .with(TlbSpec.WAYS, 4)
                                .with(TlbSpec.REPLACEMENT, tlb)
                                .with(TlbSpec.TAGGED, true),
                        64,
                        null);
        Machine machine = Specs.withProcess(spec);
        SplittableRandom random = new SplittableRandom(seed);
        for (int left = 40; left > 0; left--) {
            Machine twin = Machine.restore(spec, machine.save());
            assertThat(twin.digest()).isEqualTo(machine.digest());
            long round = random.nextLong();
            play(machine, new SplittableRandom(round));
            play(twin, new SplittableRandom(round));
            assertThat(twin.digest()).isEqualTo(machine.digest());
            Laws.check(twin);
        }
    }

    private static void play(Machine machine, SplittableRandom random) {
        for (int i = 0; i < 60; i++) {
            int pid = 1 + random.nextInt(machine.inspect().processCount());
            int what = random.nextInt(60);
            if (what == 0) {
                machine.apply(new Command.Fork(pid));
            } else if (what == 1 && pid > 1) {
                machine.apply(new Command.Exit(pid));
            } else if (what < 4) {
                machine.apply(Specs.tick(machine.spec(), pid));
            } else {
                AccessBlock block = new AccessBlock(machine.spec(), 1);
                boolean write = random.nextBoolean();
                block.addSized(
                        write ? Op.WRITE : Op.READ,
                        random.nextInt(20) * 4096L,
                        8,
                        write,
                        random.nextLong());
                machine.apply(new Command.Access(pid, block, true));
            }
        }
    }
}

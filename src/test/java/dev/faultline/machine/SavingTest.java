package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.TlbSpec;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;

/** Does a machine that was saved and restored go on as if nothing had happened? */
class SavingTest {

    @ParameterizedTest
    @CsvSource({"fifo,lru", "lru,fifo", "clock,random"})
    void restoredMachineKeepsTheDigest(String policy, String tlb) {
        MachineSpec spec =
                Specs.of(
                        policy,
                        9,
                        new TlbDraft(
                                8L,
                                4L,
                                TlbSpec.Replacement.valueOf(tlb.toUpperCase(java.util.Locale.ROOT)),
                                true),
                        64,
                        null);
        Machine machine = Specs.withProcess(spec);
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 40; round++) {
            Machine twin = Machine.restore(spec, machine.save());
            assertThat(twin.digest()).isEqualTo(machine.digest());
            long seed = random.nextLong();
            play(machine, new SplittableRandom(seed));
            play(twin, new SplittableRandom(seed));
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

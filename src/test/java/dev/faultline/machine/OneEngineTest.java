package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.replacement.PolicyEntry;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;

import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Is the state the same however accesses are grouped into commands, explained or not? */
@Tag("slow")
class OneEngineTest {

    private static final int ACCESSES = 5000;

    static Stream<String> policies() {
        return Policies.names().stream()
                .filter(name -> !Policies.entry(name).is(PolicyEntry.Trait.NEEDS_FUTURE));
    }

    @Seeds(value = 1, of = "policies")
    void groupingDoesNotMatter(String policy, long seed) {
        String whole = digestInBlocksOf(seed, policy, ACCESSES, false);
        assertThat(digestInBlocksOf(seed, policy, 100, false)).isEqualTo(whole);
        assertThat(digestInBlocksOf(seed, policy, 1, false)).isEqualTo(whole);
        assertThat(digestInBlocksOf(seed, policy, 1, true)).isEqualTo(whole);
        assertThat(digestInBlocksOf(seed, policy, 777, true)).isEqualTo(whole);
    }

    private static String digestInBlocksOf(long seed, String policy, int size, boolean explain) {
        Machine machine = Specs.withProcess(Specs.of(policy, 12));
        machine.apply(new Command.Fork(1));
        SplittableRandom random = new SplittableRandom(seed);
        AccessBlock block = new AccessBlock(machine.spec(), size);
        for (int i = 1; i <= ACCESSES; i++) {
            int page = (int) Math.abs(random.nextLong() % 40 * (random.nextLong() % 2));
            int op = random.nextInt(50) == 0 ? Op.TICK : random.nextInt(3);
            if (op == Op.TICK) {
                block.addTick();
                block.setPid(block.count() - 1, 0);
            } else {
                block.addSized(op, page * 4096L, 8, op == Op.WRITE, random.nextLong());
                block.setPid(block.count() - 1, 1 + random.nextInt(2));
            }
            if (i % size == 0 || i == ACCESSES) {
                machine.apply(new Command.Access(0, block, explain));
                block.clear();
            }
        }
        return machine.digest();
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Is an access whole before anything else runs? The page daemon and the cleaning of dirty pages
 * come after the value is stored or read and the policy has heard of the reference.
 */
@Tag("slow")
class AccessIsWholeTest {

    private static final long PAGE = 64;

    private static MachineSpec spec(String policy, long frames, SpecValues paging) {
        return MachineSpec.of(
                Specs.small(policy, frames, SpecValues.EMPTY, null, null).with(paging),
                Specs.BOUNDS);
    }

    private static SpecValues daemon(int low, int high) {
        return SpecValues.of(PagingSpec.LOW, low).with(PagingSpec.HIGH, high);
    }

    private static void write(Machine machine, long page, long value) {
        Specs.access(machine, 1, Op.WRITE, page * PAGE, 1, value);
    }

    private static @Nullable Long read(Machine machine, long page) {
        return Specs.access(machine, 1, Op.READ, page * PAGE, 1, null).results().getFirst().value();
    }

    @Test
    void aValueIsStoredBeforeTheDaemonTakesItsPage() {
        Machine machine = Specs.withProcess(spec("nru", 4, daemon(2, 3)));
        for (long page = 0; page < 5; page++) {
            write(machine, page, page + 1);
        }
        for (long page = 0; page < 5; page++) {
            assertThat(read(machine, page)).isEqualTo(page + 1);
        }
    }

    @Test
    void evenWhereEveryOtherPageIsLocked() {
        Machine machine = Specs.withProcess(spec("clock", 4, daemon(1, 2)));
        machine.apply(new Command.Lock(1, 0, 3 * PAGE, true));
        write(machine, 3, 7);
        assertThat(read(machine, 3)).isEqualTo(7);
    }

    @Test
    void andInASharedFile() {
        Machine machine = Specs.withProcess(spec("clock", 4, daemon(1, 2)));
        machine.apply(new Command.Lock(1, 0, 3 * PAGE, true));
        machine.apply(Command.PutFile.of("file", new byte[(int) PAGE], Protection.ALL));
        Backing file = Backing.file("file", 0, true);
        machine.apply(new Command.Map(1, 5 * PAGE, PAGE, Protection.ALL, file, true));
        write(machine, 5, 7);
        assertThat(read(machine, 5)).isEqualTo(7);
        machine.apply(new Command.Exit(1));
        assertThat(machine.inspect().fileBytes("file").orElseThrow()[0]).isEqualTo((byte) 7);
    }

    static List<String> policies() {
        return Policies.names();
    }

    /** The policy hears of a reference while the page is still there. */
    @ParameterizedTest
    @MethodSource("policies")
    void everyPolicyWorksWithADaemon(String policy) {
        for (int high = 1; high <= 3; high++) {
            Machine machine = Specs.withProcess(spec(policy, 4, daemon(high, high)));
            SplittableRandom random = new SplittableRandom(high);
            long[] stored = new long[8];
            for (int i = 0; i < 300; i++) {
                int page = random.nextInt(8);
                if (random.nextBoolean()) {
                    stored[page] = random.nextInt(256);
                    write(machine, page, stored[page]);
                } else {
                    assertThat(read(machine, page)).isEqualTo(stored[page]);
                }
                Laws.check(machine);
            }
        }
    }

    /** What is done in the background does not depend on how accesses come: one by one or many. */
    @Seeds(value = 20, of = "policies")
    void manyAccessesAtOnceAreAsOneByOne(String policy, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SpecValues paging =
                SpecValues.of(PagingSpec.LOW, 1)
                        .with(PagingSpec.HIGH, 2)
                        .with(PagingSpec.IN_FLIGHT, 2)
                        .with(PagingSpec.DIRTY_BACKGROUND, 40)
                        .with(PagingSpec.DIRTY_LIMIT, 60)
                        .with(PagingSpec.ReadAhead.SWAP, 3)
                        .with(PagingSpec.ReadAhead.FILE, 1)
                        .with(PagingSpec.ReadAhead.STRIDE, 2);
        MachineSpec spec = spec(policy, 6, paging);
        if (spec.replacement().needsFuture()) {
            return; // it knows no more than its command
        }
        Machine together = Specs.withProcess(spec);
        Machine single = Specs.withProcess(spec);
        AccessBlock all = new AccessBlock(spec, 200);
        for (int i = 0; i < 200; i++) {
            int op = random.nextInt(3);
            long address = random.nextInt(12) * PAGE;
            all.add(op, address);
            AccessBlock one = new AccessBlock(spec, 1);
            one.add(op, address);
            single.apply(new Command.Access(1, one, random.nextBoolean()));
        }
        together.apply(new Command.Access(1, all, false));
        assertThat(together.digest()).isEqualTo(single.digest());
    }
}

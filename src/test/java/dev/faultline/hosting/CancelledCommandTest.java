package dev.faultline.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.history.Request;
import dev.faultline.machine.Room;
import dev.faultline.machine.Specs;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Owner;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.concurrent.CancellationException;

/** What is left of a command that is cancelled between two portions: the accesses, and no more. */
class CancelledCommandTest {

    private static final int ACCESSES = 200_000;

    @Test
    void whatThePolicyKnewOfTheFutureIsForgotten() {
        MachineSpec spec = Specs.of("optimal", 4);
        HostedMachine hosted = Hosts.of(Map.of()).create(Owner.LOCAL, NewMachine.of(null, spec));
        AccessBlock block = new AccessBlock(spec, ACCESSES);
        for (long i = 0; i < ACCESSES; i++) {
            block.add(Op.READ, i % 7 * spec.pageSize());
        }
        try (Change change =
                hosted.change(Owner.LOCAL, version -> true, new Request("test", "", null))) {
            change.apply(Specs.process(spec));
            assertThatThrownBy(
                            () ->
                                    change.apply(
                                            new Command.Access(1, block, false),
                                            () -> {
                                                throw new CancellationException();
                                            }))
                    .isInstanceOf(CancellationException.class);
        }
        assertThat(hosted.read(machine -> machine.counters().get(Counter.ACCESSES)).value())
                .isBetween(1L, ACCESSES - 1L);
        assertThat(
                        hosted.read(machine -> machine.inspect().frames().replacement(0, 4, 4))
                                .value()
                                .frames())
                .allMatch(frame -> frame.remembered() == null);
        hosted.read(
                machine -> {
                    assertThat(machine.copy(Room.UNBOUNDED).digest()).isEqualTo(machine.digest());
                    return null;
                });
    }
}

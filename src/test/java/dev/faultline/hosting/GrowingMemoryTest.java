package dev.faultline.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.history.Request;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Specs;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.owners.Owner;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.Map;

/** What a machine takes of the host's memory as it goes on is counted to the server. */
class GrowingMemoryTest {

    private static final int PAGES = 1024;
    private static final long ROOM = 60_000;

    private static MachineSpec lirs(@Nullable Long remembered) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, 4)
                        .with(MachineSpec.ADDRESS_BITS, 16)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(TlbSpec.ENTRIES, 8)
                        .with(TlbSpec.TAGGED, true)
                        .with(Specs.remembering("lirs", remembered))
                        .with(SwapSpec.SLOTS, 16)
                        .with(Limits.PROCESSES, 10)
                        .with(Limits.TABLE_BYTES, 1 << 20)
                        .with(Limits.CONTENT_BYTES, 1 << 20)
                        .with(Limits.EVENTS, 64)
                        .with(Limits.AREAS, 100)
                        .with(Limits.STACK_BYTES, 1 << 20)
                        .with(Limits.HANDLER_TRIES, 3),
                Specs.BOUNDS);
    }

    private static MachineHost host(long totalBytes) {
        Map<String, Long> settings = Map.of("faultline.hosting.total-bytes", totalBytes);
        return Hosts.of(settings);
    }

    /** Reads every page, twice; the pages are remembered when they leave. */
    private static void readAll(HostedMachine hosted) {
        try (Change change =
                hosted.change(Owner.LOCAL, version -> true, new Request("test", "", null))) {
            change.apply(Specs.process(hosted.spec()));
            AccessBlock block = new AccessBlock(hosted.spec(), PAGES);
            for (long page = 0; page < PAGES; page++) {
                block.add(Op.READ, page * 64);
            }
            change.apply(new Command.Access(1, block, false));
            change.apply(new Command.Access(1, block, false));
        }
    }

    @Test
    void whatAPolicyRemembersWithoutBoundIsRefusedWhenTheServerIsFull() {
        long bounded = Specs.withProcess(lirs(null)).hostBytes();
        HostedMachine small =
                host(bounded + ROOM).create(Owner.LOCAL, NewMachine.of(null, lirs(null)));
        readAll(small);
        HostedMachine growing =
                host(bounded + ROOM)
                        .create(Owner.LOCAL, NewMachine.of(null, lirs(Parameters.UNBOUNDED)));
        assertThatThrownBy(() -> readAll(growing))
                .isInstanceOfSatisfying(
                        HostingException.class,
                        full ->
                                assertThat(full.reason())
                                        .isEqualTo(HostingException.Reason.SERVER_FULL));
        assertThat(growing.read(Machine::hostBytes).value()).isLessThanOrEqualTo(bounded + ROOM);
    }

    /** What is held is counted before it is taken, and given back. */
    @Test
    void whatIsReservedMayGrow() {
        MachineHost host = host(1000);
        try (Reservation memory = host.reserve(Owner.LOCAL, 400)) {
            assertThat(memory.hold(900)).isTrue();
            assertThat(memory.hold(1001)).isFalse();
            assertThat(memory.free()).isEqualTo(100);
            assertThatThrownBy(() -> host.reserve(Owner.LOCAL, 101))
                    .isInstanceOf(HostingException.class);
            memory.settle(600);
            memory.add(400);
            assertThatThrownBy(() -> memory.add(1)).isInstanceOf(HostingException.class);
        }
        host.reserve(Owner.LOCAL, 1000).close();
    }
}

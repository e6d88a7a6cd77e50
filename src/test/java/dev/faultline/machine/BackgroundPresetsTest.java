package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.presets.Presets;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.api.Test;

/** Each preset of the background, beside the same program without. */
class BackgroundPresetsTest {

    private static Counters opened(String name) {
        Preset preset = Presets.byName(name).orElseThrow();
        Machine machine = new Machine(MachineSpec.of(preset.values(), Specs.BOUNDS));
        preset.prepare(machine);
        Laws.check(machine);
        return machine.counters();
    }

    private static void isQuicker(Counters with, Counters without) {
        assertThat(with.get(Counter.ACCESSES)).isEqualTo(without.get(Counter.ACCESSES));
        assertThat(with.get(Counter.TICKS)).isLessThan(without.get(Counter.TICKS));
    }

    private static long waited(Counters counters) {
        return counters.get(Counter.STORE_TICKS)
                + counters.get(Counter.FILE_TICKS)
                + counters.get(Counter.DISK_WAIT_TICKS);
    }

    @Test
    void demandPagingWaitsForEveryPage() {
        Counters alone = opened("demand-paging");
        assertThat(alone.get(Counter.DIRECT_RECLAIMS)).isEqualTo(alone.get(Counter.EVICTIONS));
        assertThat(alone.get(Counter.BACKGROUND_DISK)).isZero();
        assertThat(alone.get(Counter.SWAP_INS)).isEqualTo(48);
        assertThat(waited(alone)).isEqualTo((48 + 48) * 30_000L);
    }

    @Test
    void aDaemonWritesWhileTheProgramComputes() {
        Counters daemon = opened("page-daemon");
        isQuicker(daemon, opened("demand-paging"));
        assertThat(daemon.get(Counter.DIRECT_RECLAIMS)).isZero();
        assertThat(daemon.get(Counter.DAEMON_EVICTIONS)).isEqualTo(daemon.get(Counter.EVICTIONS));
    }

    @Test
    void cleanedPagesLeaveWithoutAWrite() {
        Counters limits = opened("dirty-limits");
        isQuicker(limits, opened("demand-paging"));
        assertThat(limits.get(Counter.CLEANED)).isPositive();
        assertThat(limits.get(Counter.DIRECT_RECLAIMS)).isEqualTo(limits.get(Counter.EVICTIONS));
    }

    @Test
    void readingAheadMakesFewerMajorFaults() {
        Counters ahead = opened("read-ahead");
        Counters alone = opened("demand-paging");
        isQuicker(ahead, alone);
        assertThat(alone.get(Counter.MAJOR_FAULTS)).isEqualTo(48);
        assertThat(ahead.get(Counter.MAJOR_FAULTS)).isEqualTo(6);
    }

    @Test
    void aDistanceIsFoundOut() {
        Counters ahead = opened("stride-ahead");
        Counters alone = opened("stride-demand");
        isQuicker(ahead, alone);
        assertThat(ahead.get(Counter.MAJOR_FAULTS)).isLessThan(alone.get(Counter.MAJOR_FAULTS) / 2);
    }

    @Test
    void aFileIsReadAhead() {
        Counters ahead = opened("file-ahead");
        Counters alone = opened("file-demand");
        isQuicker(ahead, alone);
        assertThat(alone.get(Counter.FILE_INS)).isEqualTo(48);
        assertThat(alone.get(Counter.MAJOR_FAULTS)).isEqualTo(48);
        assertThat(ahead.get(Counter.MAJOR_FAULTS)).isEqualTo(6);
    }
}

package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.presets.Presets;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

/** Does the preset play lecture 16's example, slide by slide? */
class Lecture16Test {

    private Machine machine;

    @BeforeEach
    void open() {
        Preset preset = Presets.byName("lecture-16").orElseThrow();
        machine = new Machine(MachineSpec.of(preset.values(), Specs.BOUNDS));
        preset.prepare(machine);
    }

    @Test
    void beginsAsOnTheSlide() {
        List<PageView> pages = machine.inspect().pages(1, 0, 8);
        assertThat(pages)
                .extracting(PageView::frame)
                .containsExactly(null, 0, 1, null, 3, null, null, 2);
        assertThat(pages)
                .extracting(page -> page.state().name().charAt(0))
                .containsExactly('U', 'R', 'R', 'S', 'R', 'U', 'S', 'R');
        assertThat(pages.get(4).dirty()).isFalse();
        assertThat(pages.get(4).referenced()).isFalse();
        assertThat(pages.get(4).swapSlot()).isNotNull();
        assertThat(machine.counters()).isEqualTo(new Counters());
        assertThat(machine.lastEvent()).isZero();
        Laws.check(machine);
    }

    @Test
    void readingPage2HitsFrame1() {
        AccessResult result =
                Specs.access(machine, 1, Op.READ, 0x2004, 1, null).results().getFirst();
        assertThat(result.faults()).isEmpty();
        assertThat(result.frame()).isEqualTo(1);
    }

    @Test
    void readingPage6EvictsPage4FromFrame3AndRunsAgain() {
        Specs.access(machine, 1, Op.READ, 0x2004, 1, null);
        AccessResult result =
                Specs.access(machine, 1, Op.READ, 0x6000, 1, null).results().getFirst();
        assertThat(result.frame()).isEqualTo(3);
        assertThat(result.value()).isEqualTo(6);
        Fault fault = result.faults().getFirst();
        assertThat(result.faults()).hasSize(1);
        assertThat(fault.type()).isEqualTo(Fault.Type.PAGE);
        assertThat(fault.resolution()).isEqualTo(Fault.Resolution.SWAP_IN);
        assertThat(fault.major()).isTrue();
        Fault.Eviction evicted = Objects.requireNonNull(fault.evicted());
        assertThat(evicted.frame()).isEqualTo(3);
        assertThat(evicted.mappings()).containsExactly(new Mapping(1, 4));
        assertThat(evicted.dirty() || evicted.writtenBack()).isFalse();
        Laws.check(machine);
    }

    @Test
    void aDirtyVictimIsWrittenBackAtTheLecturesPrice() {
        Specs.access(machine, 1, Op.WRITE, 0x4000, 1, null);
        Specs.access(machine, 1, Op.READ, 0x4000, 1, null);
        AccessResult result =
                Specs.access(machine, 1, Op.READ, 0x6004, 1, null).results().getFirst();
        assertThat(Objects.requireNonNull(result.faults().getFirst().evicted()).writtenBack())
                .isTrue();
        assertThat(result.ticks()).isEqualTo(16_000_300);
    }
}

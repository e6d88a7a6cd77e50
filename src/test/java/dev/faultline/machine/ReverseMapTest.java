package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.hardware.PageTable;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.testing.Saved;

import org.junit.jupiter.api.Test;

/** Which pages map a frame, and what do their entries say together? */
class ReverseMapTest {

    private static final int FRAME = 3;
    private static final long BITS = Pte.ACCESSED | Pte.DIRTY;

    private final Parts parts = new Parts(Specs.of("lru", 8));
    private final ReverseMap reverse = parts.reverse();

    private PageTable process(int pid) {
        AddressSpace space = new AddressSpace(pid, parts, parts.tables().newTable(pid));
        parts.tasks().add(new Task(pid, "test", 0, OnSignal.TERMINATE, space));
        return space.table();
    }

    private void map(PageTable table, int pid, long vpn, long bits) {
        assertThat(table.prepare(vpn)).isTrue();
        table.set(vpn, Pte.resident(FRAME, Pte.READ | Pte.WRITE | bits));
        reverse.map(FRAME, pid, vpn);
    }

    @Test
    void areMappingsInTheOrderInWhichTheyCame() {
        reverse.map(FRAME, 1, 50);
        reverse.map(FRAME, 2, 7);
        reverse.map(FRAME, 1, 8);
        assertThat(reverse.mappings(FRAME)).isEqualTo(3);
        assertThat(reverse.mappingsOf(FRAME))
                .containsExactly(new Mapping(1, 50), new Mapping(2, 7), new Mapping(1, 8));
        assertThat(reverse.mappingsOf(FRAME + 1)).isEmpty();
    }

    @Test
    void doesOneThatLeavesLeaveTheOthersInOrder() {
        for (int page = 1; page <= 4; page++) {
            reverse.map(FRAME, 1, page);
        }
        reverse.unmap(FRAME, 1, 2);
        reverse.unmap(FRAME, 1, 4);
        reverse.unmap(FRAME, 1, 1);
        reverse.map(FRAME, 1, 5);
        assertThat(reverse.mappingsOf(FRAME)).containsExactly(new Mapping(1, 3), new Mapping(1, 5));
    }

    @Test
    void isTheKernelNoUser() {
        reverse.map(FRAME, Tasks.KERNEL, 9);
        assertThat(reverse.isInKernel(FRAME)).isTrue();
        assertThat(reverse.users(FRAME)).isZero();
        reverse.map(FRAME, 2, 7);
        assertThat(reverse.users(FRAME)).isEqualTo(1);
        assertThat(reverse.firstUser(FRAME)).isEqualTo(2);
        reverse.unmap(FRAME, Tasks.KERNEL, 9);
        assertThat(reverse.isInKernel(FRAME)).isFalse();
        assertThat(reverse.users(FRAME)).isEqualTo(1);
    }

    @Test
    void isAFrameDirtyIfAnyOfItsEntriesIs() {
        map(process(1), 1, 50, 0);
        assertThat(reverse.isDirty(FRAME)).isFalse();
        map(process(2), 2, 7, BITS);
        assertThat(reverse.isDirty(FRAME)).isTrue();
        assertThat(reverse.isReferenced(FRAME)).isTrue();
        reverse.unmap(FRAME, 2, 7);
        assertThat(reverse.isDirty(FRAME)).isFalse();
        assertThat(reverse.isReferenced(FRAME)).isFalse();
    }

    @Test
    void isABitClearedInEveryEntryAndNoOtherBit() {
        PageTable first = process(1);
        PageTable second = process(2);
        map(first, 1, 50, BITS);
        map(second, 2, 7, BITS);
        reverse.clearReferenced(FRAME);
        long dirty = Pte.resident(FRAME, Pte.READ | Pte.WRITE | Pte.DIRTY);
        assertThat(first.get(50)).isEqualTo(dirty);
        assertThat(second.get(7)).isEqualTo(dirty);
        assertThat(reverse.isReferenced(FRAME)).isFalse();
        assertThat(reverse.isDirty(FRAME)).isTrue();
        reverse.clearDirty(FRAME);
        assertThat(reverse.isDirty(FRAME)).isFalse();
    }

    @Test
    void isFirstToldByATickWhetherAnythingWasReferenced() {
        map(process(1), 1, 50, Pte.ACCESSED);
        assertThat(reverse.clearReferencedAtTick()).isTrue();
        assertThat(reverse.clearReferencedAtTick()).isFalse();
        assertThat(reverse.isReferenced(FRAME)).isFalse();
    }

    @Test
    void areFramesFromTheEndOnNotCleared() {
        map(process(1), 1, 50, Pte.ACCESSED);
        reverse.clearReferencedBelow(FRAME);
        assertThat(reverse.isReferenced(FRAME)).isTrue();
        reverse.clearReferencedBelow(FRAME + 1);
        assertThat(reverse.isReferenced(FRAME)).isFalse();
    }

    @Test
    void areSavedMappingsTheSameInTheSameOrder() {
        reverse.map(FRAME, 2, 7);
        reverse.map(0, Tasks.KERNEL, 9);
        reverse.map(FRAME, 1, 50);
        ReverseMap restored = new Parts(parts.spec()).reverse();
        restored.load(Saved.by(reverse::save));
        for (int frame = 0; frame < 8; frame++) {
            assertThat(restored.mappingsOf(frame)).isEqualTo(reverse.mappingsOf(frame));
        }
        assertThat(restored.isInKernel(0)).isTrue();
    }

    @Test
    void isTheHostsMemoryHeldForMappingsBeforeTheyCome() {
        long before = reverse.hostBytes();
        long growth = reverse.growth(1000);
        for (int page = 0; page < 1000; page++) {
            reverse.map(FRAME, 1, page);
        }
        assertThat(reverse.hostBytes() - before).isLessThanOrEqualTo(growth);
        assertThat(reverse.growth(0)).isZero();
    }
}

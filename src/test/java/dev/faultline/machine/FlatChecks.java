package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.FlatProcess.FlatObject;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;

import java.util.Map;
import java.util.TreeMap;

/** Compares a machine with the flat model of its processes and its file. */
final class FlatChecks {

    private final Machine machine;
    private final FlatObject file;
    private final long pageSize;

    FlatChecks(Machine machine, FlatObject file) {
        this.machine = machine;
        this.file = file;
        pageSize = machine.spec().pageSize();
    }

    /** But clean pages of files and shared memory that has a name. */
    void everythingIsFree() {
        long[] held = {0, 0, 0};
        for (MemoryObject object : machine.parts().objects().all()) {
            assertThat(object.mappedPages()).isZero();
            assertThat(object.file() != null || object.name().equals("shared")).isTrue();
            object.forEachFrame(
                    (page, frame) -> {
                        boolean dirty = machine.parts().frames().isDirty(frame);
                        assertThat(dirty && object.file() != null).isFalse();
                        held[object.file() == null ? 0 : 2]++;
                    });
            object.forEachSlot((page, slot) -> held[1]++);
        }
        Inspector left = machine.inspect();
        assertThat(left.frames().frameCount() - left.frames().freeFrames())
                .isEqualTo((int) (held[0] + held[2]));
        assertThat(left.frames().usedSlots()).isBetween((int) held[1], (int) (held[0] + held[1]));
        long remembered = machine.parts().objects().all().size() + held[0] + held[1] + held[2];
        Task kernel = machine.taskOrNull(Tasks.KERNEL);
        Translation translation = machine.spec().translation();
        long inverted =
                translation.kind() == Translation.Kind.INVERTED
                        ? translation.fixedBytes(machine.spec().frames())
                        : 0;
        long kernelTable = kernel == null ? 0 : kernel.table().hostBytes();
        assertThat(machine.parts().tableMemory().used())
                .isEqualTo(MemoryObjects.HOST_BYTES * remembered + kernelTable + inverted);
    }

    /** All that was written through shared mappings is on the disk when nobody maps it. */
    void compareFile() {
        byte[] bytes = machine.inspect().fileBytes("file").orElseThrow();
        assertThat(bytes).hasSize((int) (file.size * pageSize - pageSize / 2));
        for (long page = 0; page < file.size; page++) {
            for (int i = 0; i < FlatProcess.BYTES; i++) {
                assertThat(bytes[(int) (page * pageSize) + i]).isEqualTo(file.page(page)[i]);
            }
        }
    }

    void compareAreas(int pid, FlatProcess flat) {
        Map<Long, Integer> seen = new TreeMap<>();
        for (MemoryArea area : machine.inspect().areas(pid)) {
            for (long page = area.start() / pageSize; page * pageSize < area.end(); page++) {
                seen.put(page, area.protection());
            }
        }
        assertThat(seen).isEqualTo(flat.protection);
    }

    /** What an inspector sees, resident or not, and without touching it. */
    void compareBytes(int pid, FlatProcess flat, long page) {
        if (flat.protection.containsKey(page) && !flat.isPastEnd(page)) {
            byte[] seen =
                    machine.inspect().bytes(pid, page * pageSize, FlatProcess.BYTES).orElseThrow();
            assertThat(seen).isEqualTo(flat.bytes(page));
        }
    }
}

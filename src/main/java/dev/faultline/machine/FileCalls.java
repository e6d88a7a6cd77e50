package dev.faultline.machine;

import dev.faultline.machine.hardware.DiskFile;
import dev.faultline.machine.hardware.HostBudget;
import dev.faultline.machine.hardware.PhysicalMemory;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;

import java.util.List;

/** Puts files on the machine's disk. */
final class FileCalls {

    private final MemoryObjects objects;
    private final PhysicalMemory memory;
    private final HostBudget content;
    private final Evictor evictor;
    private final ReverseMap reverse;
    private final Unmapper unmapper;
    private final Tasks tasks;
    private final long pageSize;
    private final int offsetBits;

    FileCalls(Parts parts, Evictor evictor, Unmapper unmapper) {
        this.unmapper = unmapper;
        this.tasks = parts.tasks();
        this.offsetBits = parts.spec().offsetBits();
        this.objects = parts.objects();
        this.memory = parts.memory();
        this.content = parts.content();
        this.evictor = evictor;
        this.reverse = parts.reverse();
        this.pageSize = parts.spec().pageSize();
    }

    /**
     * Creates a file or replaces its bytes, on the disk and in the page cache. Pages that the file
     * no longer has are removed from everyone who maps them, including private copies (Linux:
     * mm/memory.c, unmap_mapping_range with even_cows).
     */
    Outcome put(Command.PutFile command) {
        if (!content.has(DiskFile.hostBytes(command.bytes().capacity(), pageSize))) {
            return new Outcome.Refused(
                    "ENOSPC", "the machine's memory for stored bytes is used up");
        }
        MemoryObject object = objects.files().get(command.name());
        if (object == null) {
            object = objects.create(command.name());
        }
        DiskFile file = object == null ? null : object.file();
        if (object == null || file == null) {
            return new Outcome.Refused("ENOMEM", AddressSpace.TABLE_MEMORY);
        }
        if (holds(object, file, command)) {
            return new Outcome.Unchanged();
        }
        boolean shorter = DiskFile.pages(command.bytes().capacity(), pageSize) < file.pageCount();
        file.replace(command.bytes(), command.protection());
        object.forEachFrame(
                (page, frame) -> {
                    evictor.forgetWrites(frame);
                    if (page >= file.pageCount()) {
                        evictor.drop(frame);
                    } else {
                        memory.fill(frame, file.page(page));
                    }
                });
        if (shorter) {
            unmapBeyondEnd(object, file);
        }
        return new Outcome.Done();
    }

    private void unmapBeyondEnd(MemoryObject object, DiskFile file) {
        for (Task task : tasks) {
            if (task.isTerminated() || task.lender() != 0) {
                continue;
            }
            for (MemoryArea area : List.copyOf(task.space().areas())) {
                if (objects.find(area) == object) {
                    long first = area.start() >>> offsetBits;
                    long gone = file.pageCount() - area.objectPage(first, offsetBits);
                    long end = (area.end() - 1 >>> offsetBits) + 1;
                    unmapper.unmap(task, Math.min(end, first + Math.max(0, gone)), end);
                }
            }
        }
    }

    /** Whether the file has these bytes already, and no cached page differs. */
    private boolean holds(MemoryObject object, DiskFile file, Command.PutFile command) {
        boolean[] dirty = {false};
        object.forEachFrame((page, frame) -> dirty[0] |= reverse.isDirty(frame));
        return !dirty[0] && file.holds(command.bytes(), command.protection());
    }
}

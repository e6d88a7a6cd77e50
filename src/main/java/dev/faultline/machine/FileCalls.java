package dev.faultline.machine;

/** Puts files on the machine's disk. */
final class FileCalls {

    private final MemoryObjects objects;
    private final PhysicalMemory memory;
    private final Quota content;
    private final Reclaim reclaim;
    private final long pageSize;

    FileCalls(Parts parts, Reclaim reclaim) {
        this.objects = parts.objects();
        this.memory = parts.memory();
        this.content = parts.content();
        this.reclaim = reclaim;
        this.pageSize = parts.spec().pageSize();
    }

    /**
     * Makes a file or gives it other bytes, on the disk and in the page cache. Who maps pages that
     * it does not have any more loses them; copies that a process made of private pages stay.
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
            return new Outcome.Refused("ENOMEM", Kernel.TABLE_MEMORY);
        }
        if (holds(object, file, command)) {
            return new Outcome.Unchanged();
        }
        file.replace(command.bytes(), command.protection());
        object.forEachFrame(
                (page, frame) -> {
                    reclaim.evictor().forgetWrites(frame);
                    if (page >= file.pageCount()) {
                        reclaim.evictor().drop(frame);
                    } else {
                        memory.fill(frame, file.page(page));
                    }
                });
        return new Outcome.Done();
    }

    /** Whether the file has these bytes already, and no page in memory has others. */
    private boolean holds(MemoryObject object, DiskFile file, Command.PutFile command) {
        boolean[] dirty = {false};
        object.forEachFrame((page, frame) -> dirty[0] |= reclaim.evictor().isDirty(frame));
        return !dirty[0] && file.holds(command.bytes(), command.protection());
    }
}

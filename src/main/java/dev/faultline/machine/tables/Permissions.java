package dev.faultline.machine.tables;

import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/** What the entries of an area's pages can allow; real hardware cannot express every protection. */
public final class Permissions {

    private final @Nullable EntryLayout layout;

    /** The rules of the layout that a spec asks for. */
    public Permissions(MachineSpec spec) {
        layout = spec.translation().layout();
    }

    /** Whether the entries of an area's pages can allow an operation. */
    public boolean allow(MemoryArea area, int op) {
        return Protection.allows(EntryWords.granted(layout, area.protection()), op);
    }

    /** The permission bits of the entries of an area's pages. */
    public long of(MemoryArea area) {
        return of(area.protection());
    }

    /** The permission bits of entries with a protection. */
    public long of(int protection) {
        return Pte.permissions(EntryWords.granted(layout, protection));
    }
}

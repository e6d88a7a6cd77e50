package dev.faultline.machine;

import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.EntryLayout;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/** What the entries of an area's pages can allow; real hardware cannot express every protection. */
final class Permissions {

    private final @Nullable EntryLayout layout;

    Permissions(MachineSpec spec) {
        layout = spec.translation().layout();
    }

    /** Whether the entries of an area's pages can allow an operation. */
    boolean allow(MemoryArea area, int op) {
        return Protection.allows(EntryWords.granted(layout, area.protection()), op);
    }

    /** The permission bits of the entries of an area's pages. */
    long of(MemoryArea area) {
        return of(area.protection());
    }

    /** The permission bits of entries with a protection. */
    long of(int protection) {
        return Pte.permissions(EntryWords.granted(layout, protection));
    }
}

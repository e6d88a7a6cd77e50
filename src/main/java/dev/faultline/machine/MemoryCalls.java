package dev.faultline.machine;

import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Event;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.tables.Overcommit;
import dev.faultline.machine.tables.Permissions;

import java.util.List;

/**
 * The system calls by which a process changes its areas: map, unmap and protect. Each either does
 * what it was asked or refuses and changes nothing.
 */
final class MemoryCalls {

    private static final String NO_MEMORY = "ENOMEM";

    private final AreaRules rules;
    private final Unmapper unmapper;
    private final Cpus cpus;
    private final Overcommit overcommit;
    private final Accounting accounting;
    private final Permissions permissions;
    private final int offsetBits;

    MemoryCalls(Parts parts, AreaRules rules, Unmapper unmapper) {
        this.rules = rules;
        this.unmapper = unmapper;
        cpus = parts.cpus();
        overcommit = parts.overcommit();
        accounting = parts.accounting();
        permissions = new Permissions(parts.spec());
        offsetBits = parts.spec().offsetBits();
    }

    /** Creates an area at its address or in the highest free place. */
    Outcome map(Task task, Command.Map command) {
        AddressSpace space = task.space();
        long bytes = space.roundedUp(command.length());
        Long wish = command.start();
        long start = wish == null ? space.highestGap(bytes) : wish;
        if (start < 0) {
            return AreaRules.refused(
                    NO_MEMORY, "no gap between the areas is " + bytes + " bytes long");
        }
        long end = start + bytes;
        if (!command.replace() && !space.isFree(start, end)) {
            return AreaRules.refused("EEXIST", "a page of the range is in an area already");
        }
        MemoryArea area =
                new MemoryArea(start, command.length(), command.protection(), command.backing());
        Outcome.Refused refusal = rules.tooMany(space, space.countWithout(start, end) + 1);
        if (refusal == null) {
            refusal = rules.refuse(List.of(area), space.promisedPages(start, end));
        }
        if (refusal != null) {
            return refusal;
        }
        clear(task, start, end);
        space.add(rules.named(area));
        accounting
                .events()
                .area(Event.Kind.MAP_AREA, accounting.now(), task.pid(), start, command.length());
        return new Outcome.Mapped(start);
    }

    /** Unmaps a range of pages; pages in no area are skipped. */
    Outcome unmap(Task task, long start, long length) {
        AddressSpace space = task.space();
        long end = space.roundedUp(start + length);
        Outcome.Refused refusal = rules.tooMany(space, space.countWithout(start, end));
        if (refusal != null) {
            return refusal;
        }
        clear(task, start, end);
        accounting
                .events()
                .area(Event.Kind.UNMAP_AREA, accounting.now(), task.pid(), start, length);
        return new Outcome.Done();
    }

    private void clear(Task task, long start, long end) {
        unmapper.unmap(task, start >>> offsetBits, end >>> offsetBits);
        task.space().remove(start, end);
        unmapper.dropOrphans();
    }

    /**
     * Changes the protection of a range of pages, in the areas and in the entries. A page shared
     * since a fork stays read-only in its entry.
     */
    Outcome protect(Task task, Command.Protect command) {
        long start = command.start();
        long end = task.space().roundedUp(start + command.length());
        Outcome.Refused refusal = rules.refuseProtect(task, start, end, command.protection());
        if (refusal != null) {
            return refusal;
        }
        change(task, start, command.length(), command.protection());
        return new Outcome.Done();
    }

    private void change(Task task, long start, long length, int protection) {
        AddressSpace space = task.space();
        long end = space.roundedUp(start + length);
        space.change(start, end, area -> area.with(protection));
        long bits = permissions.of(protection);
        task.table()
                .forEach(
                        start >>> offsetBits,
                        end >>> offsetBits,
                        (vpn, pte) -> permit(task, vpn, pte, bits));
        accounting.events().area(Event.Kind.PROTECT, accounting.now(), task.pid(), start, length);
    }

    /** Changes several ranges, all or none. Each is checked as if it were alone. */
    Outcome protectMany(Task task, Command.ProtectMany command) {
        AddressSpace space = task.space();
        Outcome.Refused refusal =
                rules.tooMany(space, space.areas().size() + 2 * command.ranges().size());
        long promise = 0;
        for (Command.Range range : command.ranges()) {
            long end = space.roundedUp(range.start() + range.length());
            if (refusal == null) {
                refusal = rules.refuseProtect(task, range.start(), end, command.protection());
                promise += rules.promiseMore(space, range.start(), end, command.protection());
            }
        }
        String unpromised = overcommit.refusal(promise);
        if (refusal == null && unpromised != null) {
            refusal = AreaRules.refused(NO_MEMORY, unpromised);
        }
        if (refusal != null) {
            return refusal;
        }
        for (Command.Range range : command.ranges()) {
            change(task, range.start(), range.length(), command.protection());
        }
        return new Outcome.Done();
    }

    private void permit(Task task, long vpn, long pte, long allowed) {
        if (!Pte.isValid(pte)) {
            return;
        }
        long bits = Pte.READ | Pte.WRITE | Pte.EXECUTE;
        long permitted = unmapper.mayBeShared(pte) ? Pte.copyOnWrite(allowed) : allowed;
        task.table().set(vpn, pte & ~bits | permitted);
        if ((pte & bits & ~permitted) == 0) {
            cpus.refresh(task.asid(), vpn);
        } else {
            cpus.invalidate(task.asid(), vpn);
        }
    }
}

package dev.faultline.machine.tables;

import dev.faultline.machine.hardware.PageTableInFrames;
import dev.faultline.machine.hardware.TablePage;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which frames hold pages of page tables, if the spec asks for that ({@link Translation.Memory}),
 * and which of them may be evicted.
 *
 * <p>If tables are pageable, a page of a table without a valid entry can leave memory. Its entries
 * go to a slot and are in no frame until a walk faults on them. The page of a table that the last
 * fault needed stays.
 */
public final class PageTableFrames {

    private final Translation.Memory kind;
    private final SwapSpace swap;
    private final Map<Integer, TablePage> owners = new TreeMap<>();

    /** Pages of tables, in frames and in slots. */
    private long held;

    /** The page of a table that the last fault needed. */
    private @Nullable TablePage needed;

    /** No table has a frame yet. */
    public PageTableFrames(Translation.Memory kind, SwapSpace swap) {
        this.kind = kind;
        this.swap = swap;
    }

    /** Whether tables take frames at all. */
    public boolean isFramed() {
        return kind != Translation.Memory.FREE;
    }

    /** Bytes of the host's memory that the tables' pages take which no process's budget has. */
    public long hostBytes() {
        return PageTableInFrames.HOST_BYTES * held;
    }

    /** Counts pages of tables that have come, or gone if the number is negative. */
    public void hold(long pages) {
        held += pages;
    }

    /** A frame holds a page of a table from now on. */
    public void own(int frame, TablePage unit) {
        owners.put(frame, unit);
    }

    /** A frame no longer holds a page of a table. */
    public void disown(int frame) {
        owners.remove(frame);
    }

    /** Whether a frame holds a page of a table. */
    public boolean owns(int frame) {
        return isFramed() && owners.containsKey(frame);
    }

    /** The process whose table has a page in a frame. */
    public int asid(int frame) {
        TablePage unit = owners.get(frame);
        return unit == null ? 0 : unit.asid();
    }

    /** Whether a frame may not be taken from the table whose page it holds. */
    public boolean isFixed(int frame) {
        TablePage unit = isFramed() ? owners.get(frame) : null;
        return unit != null
                && (kind != Translation.Memory.PAGEABLE || unit == needed || !unit.mayLeave());
    }

    /** The page of a table that is worked on stays until another is. */
    public void need(TablePage unit) {
        needed = unit;
    }

    /** Whether a page is the one that was worked on last. */
    public boolean isNeeded(TablePage unit) {
        return unit == needed;
    }

    /** A page of a table is no more. */
    public void forget(TablePage unit) {
        needed = needed == unit ? null : needed;
    }

    /** Moves the page of a table that is in a frame to a slot. */
    public void evict(int frame, int slot) {
        TablePage unit = owners.remove(frame);
        if (unit != null) {
            unit.leave(slot);
            swap.addEntry(slot);
        }
    }
}

package dev.faultline.machine;

import dev.faultline.machine.hardware.PageBytes;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Outcome.Refused;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The reasons why areas cannot be segments, or find no room. Each rule returns null if it has no
 * objection.
 */
final class SegmentRules {

    private static final String NO_MEMORY = "ENOMEM";

    private final Parts parts;
    private final SegmentRoom room;
    private final Translation translation;
    private final long pageSize;

    SegmentRules(Parts parts, SegmentRoom room) {
        this.parts = parts;
        this.room = room;
        translation = parts.spec().translation();
        pageSize = parts.spec().pageSize();
    }

    /** The number of frames that an area takes. */
    int frames(MemoryArea area) {
        return (int) Math.min(Integer.MAX_VALUE, area.bytesInPages(pageSize) / pageSize);
    }

    /**
     * Why areas cannot be segments, or null. With relocation a process has one, from address 0.
     * Else each is in a segment of its own and begins where that does, or ends there if it is a
     * stack.
     */
    @Nullable Refused refuseShape(SegmentTable table, List<MemoryArea> areas) {
        boolean one = translation.kind() == Translation.Kind.RELOCATION;
        if (one && areas.size() > 1) {
            return new Refused("EINVAL", "with relocation a process has one area");
        }
        long pages = 0;
        List<Integer> numbers = new ArrayList<>();
        for (MemoryArea area : areas) {
            pages += frames(area);
            int number = table.number(area.start());
            boolean down = area.kind() == Backing.Kind.STACK;
            if (area.hasObject() || area.isShared()) {
                return new Refused(
                        "EINVAL", "a segment has memory of its own: no file, nothing shared");
            }
            if (one && (area.start() != 0 || down)) {
                return new Refused("EINVAL", "with relocation the area begins at address 0");
            }
            long edge = table.firstAddress(down ? number + 1 : number);
            if ((down ? area.end() : area.start()) != edge
                    || table.number(area.end() - 1) != number) {
                return new Refused(
                        "EINVAL",
                        down
                                ? "a stack ends where its segment does"
                                : "an area begins where its segment does, and ends in it");
            }
            if (numbers.contains(number) || table.at(area.start()) != null) {
                return new Refused("EEXIST", "segment " + number + " has an area already");
            }
            numbers.add(number);
        }
        if (pages > parts.spec().frames()) {
            return new Refused(
                    NO_MEMORY,
                    "it is placed whole: "
                            + pages
                            + " frames, of which the machine has "
                            + parts.spec().frames());
        }
        return table.hasRoom(pages) ? null : new Refused(NO_MEMORY, AddressSpace.TABLE_MEMORY);
    }

    /** Why a process's areas find no room, or null. */
    @Nullable Refused refuseRoom(
            List<MemoryArea> areas, @Nullable Task staying, @Nullable Task leaving) {
        return refusePieces(areas.stream().map(this::frames).toList(), staying, leaving);
    }

    /** Why pieces of a number of frames each find no room, or null. */
    @Nullable Refused refusePieces(
            List<Integer> pieces, @Nullable Task staying, @Nullable Task leaving) {
        return room.plan(pieces, staying, leaving) != null
                ? null
                : new Refused(
                        NO_MEMORY,
                        "no hole is large enough for "
                                + pieces
                                + " frames, nor can one be made"
                                + (translation.compaction()
                                        ? ""
                                        : "; nothing is moved (translation.compaction)"));
    }

    /**
     * Why a process cannot have these areas instead of what another, or it itself, has, or null.
     */
    @Nullable Refused refuse(List<MemoryArea> areas, @Nullable Task leaving) {
        SegmentTable blank = new SegmentTable(parts.spec(), parts.tableMemory());
        Refused refusal = refuseShape(blank, areas);
        blank.release();
        return refusal == null ? refuseRoom(areas, null, leaving) : refusal;
    }

    /** Why a child cannot have a copy of all that its parent has, or null. */
    @Nullable Refused refuseFork(Task parent) {
        List<Integer> pieces = new ArrayList<>();
        long bytes = 0;
        for (Segment segment : Segments.table(parent).all()) {
            if (segment.isPresent()) {
                pieces.add(segment.pages());
                for (int i = 0; i < segment.pages(); i++) {
                    PageBytes page = parts.memory().page(segment.base() + i);
                    bytes += page == null ? 0 : page.hostBytes();
                }
            }
        }
        return parts.content().has(bytes)
                ? refusePieces(pieces, parent, null)
                : new Refused(NO_MEMORY, FaultHandler.CONTENT);
    }
}

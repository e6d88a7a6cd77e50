package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;

import java.util.stream.Collectors;

/** Says each step of the kernel in a sentence. */
final class KernelWords {

    /** The most pages of a victim that are named. */
    private static final int MOST_NAMED = 3;

    private final boolean oneSegment;
    private final String op;

    KernelWords(MachineSpec spec, String op) {
        oneSegment = spec.translation().kind() == Translation.Kind.RELOCATION;
        this.op = op;
    }

    String of(KernelStep step) {
        return switch (step) {
            case KernelStep.Trap it -> trap(it);
            case KernelStep.Sent it -> sent(it);
            case KernelStep.InArea it -> area(it);
            case KernelStep.StackGrows(MemoryArea stack) ->
                    "The stack grows down, and begins at %s now."
                            .formatted(Address.format(stack.start()));
            case KernelStep.Stale it ->
                    "The page table allows the %s; the TLB's copy was old, and is dropped."
                            .formatted(op);
            case KernelStep.HandlerActs it -> acts(it);
            case KernelStep.HandlerCopies(long start, long to, long length) ->
                    "The handler copies %d bytes from %s to %s."
                            .formatted(length, Address.format(start), Address.format(to));
            case KernelStep.Allocate it -> allocate(it);
            case KernelStep.AllocateRun(Integer frame, int count, Integer free) ->
                    "%s, free until now, %s taken; %s."
                            .formatted(frames(frame, count), count == 1 ? "is" : "are", left(free));
            case KernelStep.TableFrame(Integer pid, Integer frame) ->
                    "Frame %d becomes a page of the page table of %s."
                            .formatted(frame, process(pid));
            case KernelStep.Victim it -> victim(it);
            case KernelStep.NoVictim it -> "No page may leave memory.";
            case KernelStep.SegmentLeaves it -> leaves(it);
            case KernelStep.Killed(Integer pid, long pages) ->
                    "The out-of-memory killer ends %s, which holds the most: %d pages."
                            .formatted(process(pid), pages);
            case KernelStep.Unmap it ->
                    "The entry of page %d of %s becomes invalid, and names %s."
                            .formatted(
                                    it.page(),
                                    process(it.pid()),
                                    it.slot() == null ? "nothing" : "slot " + it.slot());
            case KernelStep.WriteBack it ->
                    "Frame %d is written to %s%s."
                            .formatted(
                                    it.frame(),
                                    place(it.slot(), it.file(), it.filePage()),
                                    background(it.background()));
            case KernelStep.Load it -> load(it);
            case KernelStep.Copy(Integer from, Integer frame) ->
                    from.equals(frame)
                            ? "The page leaves the file's cache, and frame %d is the copy."
                                    .formatted(frame)
                            : "Frame %d is copied to frame %d.".formatted(from, frame);
            case KernelStep.Map it ->
                    "Page %d of %s maps frame %d now (%s%s)."
                            .formatted(
                                    it.page(),
                                    process(it.pid()),
                                    it.frame(),
                                    Protection.format(it.protection()),
                                    it.cow() ? ", shared until a write" : "");
            case KernelStep.Keep it ->
                    "No other page maps frame %d: page %d of %s keeps it, and may write."
                            .formatted(it.frame(), it.page(), process(it.pid()));
        };
    }

    private static String process(int pid) {
        return pid == Command.KERNEL ? "the kernel" : "process " + pid;
    }

    private static String frames(int first, int count) {
        return count == 1
                ? "Frame %d".formatted(first)
                : "Frames %d to %d".formatted(first, first + count - 1);
    }

    private static String left(int free) {
        return switch (free) {
            case 0 -> "none is left";
            case 1 -> "1 is left";
            default -> free + " are left";
        };
    }

    private static String background(boolean background) {
        return background ? ", in the background" : "";
    }

    private static String place(
            @Nullable Integer slot, @Nullable String file, @Nullable Long filePage) {
        return slot == null
                ? "page %d of file '%s'".formatted(filePage, file)
                : "slot %d of the store".formatted(slot);
    }

    private static String trap(KernelStep.Trap it) {
        String cause =
                switch (it.cause()) {
                    case PAGE -> "A page fault";
                    case PROTECTION -> "A protection fault";
                    case TLB_MISS -> "The kernel manages the TLB, so the miss";
                    case TLB_MODIFIED -> "The kernel manages the TLB, so a write to a clean page";
                };
        return it.traps()
                ? cause + " traps into the kernel."
                : cause + " at page " + it.page() + ", while the kernel is running.";
    }

    private static String sent(KernelStep.Sent it) {
        String signal = "%s (%s)".formatted(it.signal().code().signal(), it.signal().code().name());
        String why = it.why() == null ? "" : ": " + it.why();
        return switch (it.then()) {
            case END -> "%s ends %s%s.".formatted(signal, process(it.pid()), why);
            case ABANDON ->
                    "%s goes to %s, and the access is abandoned%s."
                            .formatted(signal, process(it.pid()), why);
            case HANDLE ->
                    "%s goes to the handler of %s%s.".formatted(signal, process(it.pid()), why);
        };
    }

    private String area(KernelStep.InArea it) {
        MemoryArea area = it.area();
        return area == null
                ? "Page %d is in no area.".formatted(it.page())
                : "Page %d is in %s, which %s the %s."
                        .formatted(
                                it.page(),
                                StoryWords.area(area),
                                it.allowed() ? "allows" : "does not allow",
                                op);
    }

    private static String acts(KernelStep.HandlerActs it) {
        String range = StoryWords.range(it.area().start(), it.area().length());
        return it.command().equals("unmap")
                ? "The handler unmaps %s.".formatted(range)
                : "The handler calls %s on %s (%s)."
                        .formatted(it.command(), range, Protection.format(it.area().protection()));
    }

    private static String allocate(KernelStep.Allocate it) {
        return switch (it.supply()) {
            case FREE -> "Frame %d is free, and taken; %s.".formatted(it.frame(), left(it.free()));
            case SPARE ->
                    "Frame %d is taken, which was kept spare; %s."
                            .formatted(it.frame(), left(it.free()));
            case CACHED -> "The page is in memory already, in frame %d.".formatted(it.frame());
            case NONE ->
                    it.free() == 0
                            ? "No frame is free: a page has to leave."
                            : "Nothing may be taken of what is free (%d): a page has to leave."
                                    .formatted(it.free());
        };
    }

    private static String victim(KernelStep.Victim it) {
        String who =
                switch (it.reason()) {
                    case NEEDED -> "";
                    case SURPLUS -> "Its process has more frames than it should: ";
                    case DAEMON -> "The page daemon frees a frame: ";
                };
        String page =
                "%s leaves frame %d, %s"
                        .formatted(contents(it), it.frame(), it.dirty() ? "dirty" : "clean");
        String start =
                who.isEmpty() ? Character.toUpperCase(page.charAt(0)) + page.substring(1) : page;
        return who + start + rule(it.choice()) + ".";
    }

    private static String contents(KernelStep.Victim it) {
        String filePage = StoryWords.filePage(it.file(), it.filePage());
        if (it.table()) {
            return "a page of a page table";
        }
        if (it.mappings().isEmpty()) {
            return (filePage == null ? "a page" : filePage) + ", which nothing maps,";
        }
        String pages =
                it.mappings().stream()
                        .limit(MOST_NAMED)
                        .map(KernelWords::page)
                        .collect(Collectors.joining(", "));
        int more = it.mappings().size() - MOST_NAMED;
        return pages + (more > 0 ? " and " + more + " more" : "");
    }

    private static String page(Mapping mapping) {
        return "page %d of %s".formatted(mapping.page(), process(mapping.pid()));
    }

    private static String rule(Fault.@Nullable Choice choice) {
        if (choice == null) {
            return "";
        }
        String hand =
                choice.handBefore() == null
                        ? ""
                        : "; the hand goes from frame %d to %d"
                                .formatted(choice.handBefore(), choice.handAfter());
        return ", by the rule: %s%s".formatted(choice.rule(), hand);
    }

    private String leaves(KernelStep.SegmentLeaves it) {
        String what =
                oneSegment
                        ? "Process %d".formatted(it.pid())
                        : "Segment %d of process %d".formatted(it.index(), it.pid());
        return "%s leaves %s: of those that may leave, it came in first."
                .formatted(
                        what,
                        it.count() == 1
                                ? "frame " + it.frame()
                                : "frames %d to %d"
                                        .formatted(it.frame(), it.frame() + it.count() - 1));
    }

    private static String load(KernelStep.Load it) {
        String into = it.frame() == null ? "memory" : "frame " + it.frame();
        String end = background(it.background()) + ".";
        return switch (it.content()) {
            case ZEROS -> "Frame %d is filled with zeros%s".formatted(it.frame(), end);
            case SLOT -> "Slot %d of the store is read into %s%s".formatted(it.slot(), into, end);
            case FILE ->
                    "Page %d of file '%s' is read into %s%s"
                            .formatted(it.filePage(), it.file(), into, end);
            case TABLE ->
                    "The page of the page table is read from the store into %s%s"
                            .formatted(into, end);
        };
    }
}

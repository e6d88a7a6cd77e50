package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PagingSpec.LoadControl;
import dev.faultline.machine.spec.PagingSpec.ReadAhead;
import dev.faultline.machine.spec.PagingSpec.Watermarks;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import java.util.List;
import java.util.function.Consumer;

/**
 * Presets that compare background work with pure demand paging. Three programs over 48 pages in 16
 * frames compute on each page for as long as the disk takes to transfer one. Each preset has been
 * run already, one of them without background work and each of the others with one kind.
 */
final class BackgroundPresets {

    private static final long PAGE = 4096;
    private static final long FRAMES = 16;
    private static final int PAGES = 48;
    private static final int STRIDE = 3;

    /** Accesses to a page before the next one, about as long as a transfer. */
    private static final int WORK = 300;

    private static final String FILE = "data";
    private static final Costs COSTS =
            new Costs(
                    100, 1, 50, 100, 100, 10_000, 10_000, 10_000, 10_000, 100, 2000, 20_000, 0, 0,
                    0, 0);
    private static final ReadAhead NO_AHEAD = PagingSpec.NONE.readAhead();
    private static final Watermarks NO_DAEMON = PagingSpec.NONE.watermarks();

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "demand-paging",
                            PagingSpec.NONE,
                            "A program that writes 48 pages one after the other and then reads them,"
                                    + " in 16 frames, with nothing in the background: it waits for"
                                    + " every page that leaves and for every one that comes back.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "page-daemon",
                            paging(new Watermarks(1, 3, 6), 100, 100, NO_AHEAD),
                            "The program of demand-paging, and a page daemon that keeps three to six"
                                    + " frames free: dirty pages are written while it computes.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "dirty-limits",
                            paging(NO_DAEMON, 25, 50, NO_AHEAD),
                            "The program of demand-paging, with pages cleaned in the background when"
                                    + " more than a quarter of the frames are dirty: those that leave"
                                    + " are clean.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "read-ahead",
                            paging(NO_DAEMON, 100, 100, new ReadAhead(8, 1, 0)),
                            "The program of demand-paging, and eight pages brought in from the store"
                                    + " at a fault: one fault in eight is major, and one seek is"
                                    + " enough for them.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "stride-demand",
                            PagingSpec.NONE,
                            "A program that reads every third of 48 pages in the store, then the"
                                    + " next ones, with nothing in the background.",
                            BackgroundPresets::areaInStore,
                            BackgroundPresets::readStrides),
                    preset(
                            "stride-ahead",
                            paging(NO_DAEMON, 100, 100, new ReadAhead(1, 1, 4)),
                            "The program of stride-demand, and four pages brought in at the distance"
                                    + " that the last ones had.",
                            BackgroundPresets::areaInStore,
                            BackgroundPresets::readStrides),
                    preset(
                            "file-demand",
                            PagingSpec.NONE,
                            "A program that reads a mapped file of 48 pages from its beginning to"
                                    + " its end, with nothing in the background.",
                            BackgroundPresets::mappedFile,
                            BackgroundPresets::readAll),
                    preset(
                            "file-ahead",
                            paging(NO_DAEMON, 100, 100, new ReadAhead(1, 8, 0)),
                            "The program of file-demand, and eight pages of the file read at a fault.",
                            BackgroundPresets::mappedFile,
                            BackgroundPresets::readAll));

    private BackgroundPresets() {}

    private static PagingSpec paging(
            Watermarks watermarks, int dirtyBackground, int dirtyLimit, ReadAhead ahead) {
        return new PagingSpec(
                watermarks,
                PagingSpec.NONE.inFlight(),
                dirtyBackground,
                dirtyLimit,
                ahead,
                LoadControl.NONE);
    }

    private static Preset preset(
            String name,
            PagingSpec paging,
            String shows,
            Consumer<Machine> setup,
            Consumer<Machine> run) {
        SpecDraft draft =
                new SpecDraft(
                        null,
                        PAGE,
                        FRAMES,
                        20L,
                        TranslationDraft.of(Translation.Kind.LINEAR),
                        TlbDraft.EMPTY,
                        PolicyDraft.of("lru"),
                        SwapDraft.of(64),
                        COSTS,
                        Limits.DEFAULT,
                        null,
                        null,
                        null,
                        paging);
        return new Preset(name, shows, draft, setup, run);
    }

    private static void area(Machine machine) {
        process(machine, new MemoryArea(0, PAGES * PAGE, Protection.ALL));
    }

    private static void process(Machine machine, MemoryArea area) {
        machine.apply(new Command.CreateProcess("program", List.of(area), OnSignal.TERMINATE));
    }

    private static void areaInStore(Machine machine) {
        area(machine);
        access(machine, Op.WRITE, 0, 1, 1);
        machine.apply(new Command.SwapOut(1));
        machine.apply(new Command.SwapIn(1));
    }

    private static void mappedFile(Machine machine) {
        byte[] bytes = new byte[(int) (PAGES * PAGE)];
        for (int page = 0; page < PAGES; page++) {
            bytes[(int) (page * PAGE)] = (byte) (page + 1);
        }
        machine.apply(Command.PutFile.of(FILE, bytes, Protection.READ));
        Backing file = Backing.file(FILE, 0, true);
        process(machine, new MemoryArea(0, PAGES * PAGE, Protection.READ, file));
    }

    private static void writeAndRead(Machine machine) {
        access(machine, Op.WRITE, 0, 1, WORK);
        access(machine, Op.READ, 0, 1, WORK);
    }

    private static void readStrides(Machine machine) {
        for (int first = 0; first < STRIDE; first++) {
            access(machine, Op.READ, first, STRIDE, WORK);
        }
    }

    private static void readAll(Machine machine) {
        access(machine, Op.READ, 0, 1, WORK);
    }

    /** Accesses pages {@code distance} apart, from the first to the last. */
    private static void access(Machine machine, int op, int first, int distance, int times) {
        AccessBlock block = new AccessBlock(machine.spec(), PAGES * times);
        for (int page = first; page < PAGES; page += distance) {
            for (int i = 0; i < times; i++) {
                block.add(op, page * PAGE);
            }
        }
        machine.apply(new Command.Access(1, block, false));
    }
}

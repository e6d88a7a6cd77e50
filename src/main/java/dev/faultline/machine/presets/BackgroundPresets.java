package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PagingSpec.ReadAhead;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

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
    private static final SpecValues COSTS =
            SpecValues.of(Costs.TLB_LOOKUP, 1)
                    .with(Costs.TRAP, 50)
                    .with(Costs.ZERO_FILL, 100)
                    .with(Costs.PAGE_COPY, 100)
                    .with(Costs.SWAP_IN, 10_000)
                    .with(Costs.SWAP_OUT, 10_000)
                    .with(Costs.FILE_IN, 10_000)
                    .with(Costs.FILE_OUT, 10_000)
                    .with(Costs.CONTEXT_SWITCH, 100)
                    .with(Costs.SHOOTDOWN, 2000)
                    .with(Costs.SEEK, 20_000);

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "demand-paging",
                            SpecValues.EMPTY,
                            "A program that writes 48 pages one after the other and"
                                    + " then reads them, in 16 frames, with nothing in the"
                                    + " background. It waits for every page that leaves and every"
                                    + " page that comes back.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "page-daemon",
                            SpecValues.of(PagingSpec.MIN, 1)
                                    .with(PagingSpec.LOW, 3)
                                    .with(PagingSpec.HIGH, 6),
                            "The program of demand-paging, with a page daemon that"
                                    + " keeps three to six frames free. Dirty pages are written"
                                    + " while the program computes.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "dirty-limits",
                            SpecValues.of(PagingSpec.DIRTY_BACKGROUND, 25)
                                    .with(PagingSpec.DIRTY_LIMIT, 50),
                            "The program of demand-paging, with pages cleaned in the"
                                    + " background when more than a quarter of the frames are"
                                    + " dirty. The pages that leave are clean.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "read-ahead",
                            SpecValues.of(ReadAhead.SWAP, 8),
                            "The program of demand-paging, with eight pages read from"
                                    + " the store at each fault. One fault in eight is major, and"
                                    + " one seek is enough for all eight.",
                            BackgroundPresets::area,
                            BackgroundPresets::writeAndRead),
                    preset(
                            "stride-demand",
                            SpecValues.EMPTY,
                            "A program that reads every third of 48 pages in the store, then the"
                                    + " next ones, with nothing in the background.",
                            BackgroundPresets::areaInStore,
                            BackgroundPresets::readStrides),
                    preset(
                            "stride-ahead",
                            SpecValues.of(ReadAhead.STRIDE, 4),
                            "The program of stride-demand, with four pages read ahead"
                                    + " at the distance of the last ones.",
                            BackgroundPresets::areaInStore,
                            BackgroundPresets::readStrides),
                    preset(
                            "file-demand",
                            SpecValues.EMPTY,
                            "A program that reads a mapped file of 48 pages from"
                                    + " beginning to end, with nothing in the background.",
                            BackgroundPresets::mappedFile,
                            BackgroundPresets::readAll),
                    preset(
                            "file-ahead",
                            SpecValues.of(ReadAhead.FILE, 8),
                            "The program of file-demand, with eight pages of the file"
                                    + " read at each fault.",
                            BackgroundPresets::mappedFile,
                            BackgroundPresets::readAll));

    private BackgroundPresets() {}

    private static Preset preset(
            String name,
            SpecValues paging,
            String shows,
            Consumer<Machine> setup,
            Consumer<Machine> run) {
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, PAGE)
                        .with(MachineSpec.FRAMES, FRAMES)
                        .with(MachineSpec.ADDRESS_BITS, 20)
                        .with(SpecValues.of(Translation.KIND, Translation.Kind.LINEAR))
                        .with(SpecValues.of(PolicySpec.POLICY, "lru"))
                        .with(SpecValues.of(SwapSpec.SLOTS, 64))
                        .with(COSTS)
                        .with(paging);
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

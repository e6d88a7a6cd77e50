package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;

import java.util.List;

/**
 * Presets that show why pages should be as large as disk blocks: the same writes to the same 64 KiB
 * in the same 32 KiB of memory, with a disk of 4 KiB blocks. Each has been run already.
 */
final class DiskPresets {

    private static final int WRITES = 400;
    private static final long BLOCK = 4096;
    private static final long MEMORY = 32 << 10;
    private static final int PIECE = 1024;
    private static final int PIECES = 64;

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "disk-block-equal",
                            4096,
                            "Pages as large as a disk block, and 400 writes all over"
                                    + " twice the memory. A page that leaves is one block written,"
                                    + " and one that comes back is one block read."),
                    preset(
                            "disk-block-larger",
                            1024,
                            "Blocks four times as large as pages, and the writes of"
                                    + " disk-block-equal. A whole block is read for each page, and"
                                    + " before a page is written its block has to be read too."),
                    preset(
                            "disk-block-smaller",
                            16384,
                            "Blocks a quarter of a page, and the writes of"
                                    + " disk-block-equal. Four blocks are moved for each page,"
                                    + " though a write needs only a part of one."));

    private DiskPresets() {}

    private static Preset preset(String name, long pageSize, String shows) {
        SpecValues draft =
                SpecValues.of(MachineSpec.PAGE_SIZE, pageSize)
                        .with(MachineSpec.FRAMES, MEMORY / pageSize)
                        .with(MachineSpec.ADDRESS_BITS, 20)
                        .with(SpecValues.of(Translation.KIND, Translation.Kind.LINEAR))
                        .with(SpecValues.of(PolicySpec.POLICY, "lru"))
                        .with(SpecValues.of(SwapSpec.SLOTS, 256))
                        .with(MachineSpec.BLOCK_SIZE, BLOCK);
        return new Preset(name, shows, draft, DiskPresets::process, DiskPresets::write);
    }

    private static void process(Machine machine) {
        MemoryArea data = new MemoryArea(0, (long) PIECES * PIECE, Protection.ALL);
        machine.apply(new Command.CreateProcess("program", List.of(data), OnSignal.TERMINATE));
    }

    /**
     * Writes pieces in an order without a pattern, from a linear congruential generator (Knuth's
     * MMIX).
     */
    private static void write(Machine machine) {
        AccessBlock block = new AccessBlock(machine.spec(), WRITES);
        long state = 1;
        for (int i = 0; i < WRITES; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            block.add(Op.WRITE, (state >>> 33) % PIECES * PIECE);
        }
        machine.apply(new Command.Access(1, block, false));
    }
}

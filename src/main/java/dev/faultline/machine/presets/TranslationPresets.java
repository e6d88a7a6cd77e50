package dev.faultline.machine.presets;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Presets that show what translation costs: each TLB and page table in a good case and in a bad
 * one. Each has been run already, so its counters show the difference.
 */
final class TranslationPresets {

    private static final int ROUNDS = 100;

    /** Eight pages, sixteen apart. */
    private static final long[] STRIDE = LongStream.range(0, 8).map(i -> 16 * i).toArray();

    /** Twelve consecutive pages. */
    private static final long[] LOOP = LongStream.range(0, 12).toArray();

    private static final SpecValues LINEAR =
            SpecValues.of(Translation.KIND, Translation.Kind.LINEAR);
    private static final SpecValues NO_TLB = SpecValues.EMPTY.withNo(TlbSpec.SECTION);
    private static final SpecValues DIRECT =
            SpecValues.of(TlbSpec.ENTRIES, 16).with(TlbSpec.WAYS, 1).with(TlbSpec.TAGGED, true);
    private static final SpecValues ASSOCIATIVE =
            SpecValues.of(TlbSpec.ENTRIES, 8).with(TlbSpec.WAYS, 8).with(TlbSpec.TAGGED, true);

    static final List<Preset> ALL =
            List.of(
                    preset(
                            "tlb-direct-mapped-good",
                            "Sixteen entries, direct-mapped, and 100 rounds over 12"
                                    + " consecutive pages. Each page has a place of its own, and"
                                    + " only the first round misses. The associative TLB of the"
                                    + " same cost always misses.",
                            20,
                            LINEAR,
                            DIRECT,
                            LOOP),
                    preset(
                            "tlb-direct-mapped-bad",
                            "Sixteen entries, direct-mapped, and 100 rounds over 8"
                                    + " pages that are 16 apart. All need the same place, and"
                                    + " every look-up misses.",
                            20,
                            LINEAR,
                            DIRECT,
                            STRIDE),
                    preset(
                            "tlb-associative-good",
                            "Eight entries, fully associative, which cost as much as"
                                    + " sixteen direct-mapped ones, and 100 rounds over 8 pages"
                                    + " that are 16 apart. Only the first round misses.",
                            20,
                            LINEAR,
                            ASSOCIATIVE,
                            STRIDE),
                    preset(
                            "tlb-associative-bad",
                            "Eight entries, fully associative, LRU, and 100 rounds over"
                                    + " 12 consecutive pages. Each entry has just been replaced"
                                    + " when it is needed, and every look-up misses.",
                            20,
                            LINEAR,
                            ASSOCIATIVE,
                            LOOP),
                    reach(
                            "tlb-reach-small",
                            "The eight entries of tlb-associative-bad and its loop over"
                                    + " 12 pages, with a table of three levels. Every look-up"
                                    + " misses, and every walk takes three references.",
                            false),
                    reach(
                            "tlb-reach-huge",
                            "The same with huge pages of four. Three entries cover the"
                                    + " whole loop, and there are three misses of two references"
                                    + " each.",
                            true),
                    preset(
                            "tlb-set-associative",
                            "Sixteen entries in 4 sets of 4 ways, and 100 rounds over"
                                    + " 12 consecutive pages. There are three pages per set, and"
                                    + " only the first round misses.",
                            20,
                            LINEAR,
                            SpecValues.of(TlbSpec.ENTRIES, 16)
                                    .with(TlbSpec.WAYS, 4)
                                    .with(TlbSpec.TAGGED, true),
                            LOOP),
                    preset(
                            "tlb-second-level",
                            "The eight entries of tlb-associative-bad and its loop,"
                                    + " with a second level of sixteen entries. It still has what"
                                    + " the first level has lost, and only the first round walks.",
                            20,
                            LINEAR,
                            SpecValues.of(TlbSpec.ENTRIES, 8)
                                    .with(TlbSpec.WAYS, 8)
                                    .with(TlbSpec.TAGGED, true)
                                    .with(TlbSpec.SECOND_ENTRIES, 16)
                                    .with(TlbSpec.SECOND_WAYS, 4),
                            LOOP),
                    preset(
                            "tlb-software",
                            "A TLB that the kernel manages, and 100 rounds over 12"
                                    + " pages with 8 entries. Each miss is a trap of 50 ticks,"
                                    + " beside the look-up in the table.",
                            20,
                            LINEAR,
                            SpecValues.of(TlbSpec.ENTRIES, 8)
                                    .with(TlbSpec.WAYS, 8)
                                    .with(TlbSpec.TAGGED, true)
                                    .with(TlbSpec.MANAGEMENT, TlbSpec.Management.SOFTWARE),
                            LOOP),
                    switching(
                            "tlb-tagged",
                            "Two processes take turns, 100 times, and touch 4 pages"
                                    + " each. Tags tell their entries apart, and only the first"
                                    + " round misses.",
                            true),
                    switching(
                            "tlb-untagged",
                            "Two processes take turns, 100 times, and touch 4 pages"
                                    + " each. Each switch empties the TLB, and every look-up"
                                    + " misses.",
                            false),
                    preset(
                            "table-linear-sparse",
                            "A linear table over 32 bits and 3 pages far apart: 8 MiB"
                                    + " of table (pageTableBytes of the process), but one"
                                    + " reference per walk.",
                            32,
                            LINEAR,
                            NO_TLB,
                            0,
                            1 << 19,
                            (1 << 20) - 1),
                    preset(
                            "table-hierarchical-sparse",
                            "A table of two levels over 32 bits and 3 pages far apart:"
                                    + " 4 nodes, 32 KiB of table, and two references per walk.",
                            32,
                            SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                                    .with(Translation.LEVELS, List.of(10, 10)),
                            NO_TLB,
                            0,
                            1 << 19,
                            (1 << 20) - 1),
                    preset(
                            "table-hashed-good",
                            "A hashed table of 16 buckets and 8 consecutive pages: one"
                                    + " bucket for each, two references per walk.",
                            20,
                            hashed(),
                            NO_TLB,
                            IntStream.range(0, 8).asLongStream().toArray()),
                    preset(
                            "table-hashed-bad",
                            "A hashed table of 16 buckets and 8 pages that are 16"
                                    + " apart: all in one chain, five and a half references per"
                                    + " walk on average.",
                            20,
                            hashed(),
                            NO_TLB,
                            STRIDE),
                    preset(
                            "table-inverted",
                            "An inverted table of 16 anchors for 16 frames. Its size"
                                    + " depends on the memory and not on the address space, which"
                                    + " has 48 bits here.",
                            48,
                            SpecValues.of(Translation.KIND, Translation.Kind.INVERTED)
                                    .with(Translation.BUCKETS, 16),
                            NO_TLB,
                            0,
                            1L << 20,
                            1L << 35));

    private TranslationPresets() {}

    private static SpecValues hashed() {
        return SpecValues.of(Translation.KIND, Translation.Kind.HASHED)
                .with(Translation.BUCKETS, 16);
    }

    /** One process whose pages are all in memory, and which loops over them. */
    private static Preset preset(
            String name,
            String shows,
            long addressBits,
            SpecValues translation,
            SpecValues tlb,
            long... pages) {
        return new Preset(
                name,
                shows,
                draft(addressBits, translation, tlb),
                machine -> {
                    process(machine);
                    read(machine, 1, pages);
                    machine.apply(new Command.FlushTlb(null, null));
                },
                machine -> rounds(round -> read(machine, 1, pages)));
    }

    /** Twelve pages in consecutive frames, as three huge pages or as small ones. */
    private static Preset reach(String name, String shows, boolean huge) {
        SpecValues table =
                SpecValues.of(Translation.KIND, Translation.Kind.HIERARCHICAL)
                        .with(Translation.LEVELS, List.of(4, 2, 2));
        return new Preset(
                name,
                shows,
                draft(20, table, ASSOCIATIVE),
                machine -> {
                    process(machine);
                    if (huge) {
                        long space = 1L << machine.spec().addressBits();
                        Command.Advice advice = Command.Advice.HUGEPAGE;
                        machine.apply(new Command.Advise(1, 0, space, advice));
                    }
                    read(machine, 1, LOOP);
                    machine.apply(new Command.FlushTlb(null, null));
                },
                machine -> rounds(round -> read(machine, 1, LOOP)));
    }

    private static Preset switching(String name, String shows, boolean tagged) {
        long[] pages = {0, 1, 2, 3};
        Consumer<Machine> turn =
                machine -> {
                    read(machine, 1, pages);
                    read(machine, 2, pages);
                };
        return new Preset(
                name,
                shows,
                draft(
                        20,
                        LINEAR,
                        SpecValues.of(TlbSpec.ENTRIES, 16)
                                .with(TlbSpec.WAYS, 16)
                                .with(TlbSpec.TAGGED, tagged)),
                machine -> {
                    process(machine);
                    process(machine);
                    turn.accept(machine);
                    machine.apply(new Command.FlushTlb(null, null));
                },
                machine -> rounds(round -> turn.accept(machine)));
    }

    private static SpecValues draft(long addressBits, SpecValues translation, SpecValues tlb) {
        SpecValues costs = SpecValues.of(Costs.TLB_LOOKUP, 1).with(Costs.TRAP, 50);
        return SpecValues.of(MachineSpec.PAGE_SIZE, 4096)
                .with(MachineSpec.FRAMES, 16)
                .with(MachineSpec.ADDRESS_BITS, addressBits)
                .with(translation)
                .with(tlb)
                .with(PolicySpec.POLICY, "clock")
                .with(SpecValues.of(SwapSpec.SLOTS, 64))
                .with(costs);
    }

    private static void rounds(Consumer<Integer> round) {
        IntStream.range(0, ROUNDS).forEach(round::accept);
    }

    private static void process(Machine machine) {
        MemoryArea whole = new MemoryArea(0, 1L << machine.spec().addressBits(), Protection.ALL);
        machine.apply(new Command.CreateProcess("program", List.of(whole), OnSignal.TERMINATE));
    }

    private static void read(Machine machine, int pid, long... pages) {
        AccessBlock block = new AccessBlock(machine.spec(), pages.length);
        for (long page : pages) {
            block.add(Op.READ, page * machine.spec().pageSize());
        }
        machine.apply(new Command.Access(pid, block, false));
    }
}

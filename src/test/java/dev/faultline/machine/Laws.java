package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.hardware.EntryWords;
import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.hardware.PageTableInFrames;
import dev.faultline.machine.hardware.Pte;
import dev.faultline.machine.hardware.Segment;
import dev.faultline.machine.hardware.SegmentTable;
import dev.faultline.machine.hardware.Tlb;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.tables.ControlGroups;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;
import dev.faultline.machine.tables.MemoryObjects;
import dev.faultline.machine.tables.SwapSpace;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** What is true of every machine after every command. */
final class Laws {

    private Laws() {}

    static void check(Machine machine) {
        everyMappingIsInBothTables(machine);
        framesAndSlotsAddUp(machine);
        tlbHoldsNothingTheTableDenies(machine);
        countersAddUp(machine);
        everyPageIsInAnAreaThatAllowsIt(machine);
        segmentsAreInOnePiece(machine);
        whatIsRememberedOfEntriesIsTrue(machine);
        everyDirtyFrameIsListed(machine);
        groupsHaveWhatIsCharged(machine);
    }

    /** A segment is in frames that lie side by side, or not in memory at all. */
    private static void segmentsAreInOnePiece(Machine machine) {
        for (int pid = 1; pid <= machine.inspect().processCount(); pid++) {
            Task task = Objects.requireNonNull(machine.taskOrNull(pid));
            if (task.isTerminated() || !(task.table() instanceof SegmentTable table)) {
                continue;
            }
            assertThat(table.all()).hasSameSizeAs(task.space().areas());
            for (Segment segment : table.all()) {
                MemoryArea area = Objects.requireNonNull(task.space().areaAt(segment.firstPage()));
                assertThat(segment.start()).isEqualTo(area.start());
                assertThat(segment.end()).isEqualTo(area.end());
                for (int i = 0; i < segment.pages(); i++) {
                    long pte = segment.get(segment.firstPage() + i);
                    assertThat(Pte.isValid(pte)).isEqualTo(segment.isPresent());
                    if (segment.isPresent()) {
                        assertThat(Pte.frame(pte)).isEqualTo(segment.base() + i);
                    }
                }
            }
        }
    }

    /** Areas share no page, and entries allow nothing that their area forbids. */
    private static void everyPageIsInAnAreaThatAllowsIt(Machine machine) {
        int offsetBits = machine.spec().offsetBits();
        for (int pid = 1; pid <= machine.inspect().processCount(); pid++) {
            Task task = Objects.requireNonNull(machine.taskOrNull(pid));
            if (task.isTerminated()) {
                continue;
            }
            long below = -1;
            for (MemoryArea area : task.space().areas()) {
                assertThat(area.start() >>> offsetBits).isGreaterThan(below);
                assertThat(area.length()).isPositive();
                below = area.end() - 1 >>> offsetBits;
            }
            task.table()
                    .forEach(
                            (vpn, pte) -> {
                                MemoryArea area = Objects.requireNonNull(task.space().areaAt(vpn));
                                long allowed =
                                        Pte.permissions(
                                                EntryWords.granted(
                                                        machine.spec().translation().layout(),
                                                        area.protection()));
                                long permitted = pte & (Pte.READ | Pte.WRITE | Pte.EXECUTE);
                                assertThat(Pte.isValid(pte) ? permitted & ~allowed : 0).isZero();
                            });
        }
    }

    private static void everyMappingIsInBothTables(Machine machine) {
        ReverseMap reverse = machine.parts().reverse();
        long[] mapped = {0};
        for (int pid = 0; pid <= machine.inspect().processCount(); pid++) {
            Task task = machine.taskOrNull(pid);
            if (task == null || task.isTerminated() || task.lender() != 0) {
                continue;
            }
            long[] resident = {0};
            long[] swapped = {0};
            task.table()
                    .forEach(
                            (vpn, pte) -> {
                                if (Pte.isValid(pte)) {
                                    resident[0]++;
                                    assertThat(reverse.mappingsOf(Pte.frame(pte)))
                                            .contains(new Mapping(task.pid(), vpn));
                                } else {
                                    swapped[0]++;
                                }
                            });
            assertThat(task.residentPages()).isEqualTo(resident[0]);
            assertThat(task.swappedPages()).isEqualTo(swapped[0]);
            mapped[0] += resident[0];
        }
        long entries = 0;
        for (int frame = 0; frame < machine.spec().frames(); frame++) {
            assertThat(reverse.mappings(frame)).isEqualTo(reverse.mappingsOf(frame).size());
            entries += reverse.mappings(frame);
        }
        assertThat(entries).isEqualTo(mapped[0]);
    }

    /** Of a machine that has counted since it was switched on: what was mapped and not unmapped. */
    static void checkMapsAreCounted(Machine machine) {
        long mapped = 0;
        for (FrameView frame :
                machine.inspect().frames().frames(0, machine.inspect().frames().frameCount())) {
            mapped += frame.mappings().size();
        }
        Counters counters = machine.counters();
        assertThat(counters.get(Counter.MAPS) - counters.get(Counter.UNMAPS)).isEqualTo(mapped);
    }

    private static void framesAndSlotsAddUp(Machine machine) {
        FrameTable frames = machine.parts().frames();
        SwapSpace swap = machine.parts().swap();
        MemoryObjects objects = machine.parts().objects();
        int used = 0;
        for (int frame = 0; frame < frames.size(); frame++) {
            assertThat(frames.isUsed(frame) || machine.parts().reverse().mappings(frame) == 0)
                    .isTrue();
            if (frames.isUsed(frame)) {
                used++;
                int object = frames.object(frame);
                boolean table = machine.parts().tableFrames().owns(frame);
                boolean ahead = frames.isPrefetched(frame);
                assertThat(
                                machine.parts().reverse().users(frame) > 0
                                        || object != FrameTable.NONE
                                        || table
                                        || ahead)
                        .isTrue();
                if (object != FrameTable.NONE) {
                    int held = objects.object(object).frame(frames.objectPage(frame));
                    assertThat(held).isEqualTo(frame);
                }
            }
            int slot = frames.slot(frame);
            if (slot != FrameTable.NONE) {
                assertThat(swap.frame(slot)).isEqualTo(frame);
            }
        }
        assertThat(used + frames.freeCount()).isEqualTo(frames.size());
        Map<Integer, Integer> named = new HashMap<>();
        for (int pid = 1; pid <= machine.inspect().processCount(); pid++) {
            Task task = machine.taskOrNull(pid);
            if (task != null && !task.isTerminated() && task.lender() == 0) {
                task.table()
                        .forEach(
                                (vpn, pte) -> {
                                    if (Pte.isSwapped(pte)) {
                                        named.merge(Pte.slot(pte), 1, Integer::sum);
                                    }
                                });
                if (task.table() instanceof PageTableInFrames table) {
                    table.storedSlots().forEach(slot -> named.merge(slot, 1, Integer::sum));
                }
            }
        }
        for (MemoryObject object : objects.all()) {
            object.forEachSlot((page, slot) -> named.merge(slot, 1, Integer::sum));
            object.forEachFrame(
                    (page, frame) -> assertThat(frames.object(frame)).isEqualTo(object.id()));
        }
        int usedSlots = 0;
        for (int slot = swap.nextUsed(0); slot >= 0; slot = swap.nextUsed(slot + 1)) {
            usedSlots++;
            assertThat(swap.entries(slot)).isEqualTo(named.getOrDefault(slot, 0));
            int frame = swap.frame(slot);
            if (frame != SwapSpace.NONE) {
                assertThat(frames.slot(frame)).isEqualTo(slot);
            } else {
                assertThat(swap.entries(slot)).isPositive();
            }
        }
        assertThat(usedSlots).isEqualTo(swap.used());
        assertThat(swap.used()).isLessThanOrEqualTo(swap.size());
    }

    private static void groupsHaveWhatIsCharged(Machine machine) {
        ControlGroups groups = machine.parts().frames().groups();
        for (int number = 1; number <= groups.size(); number++) {
            int charged = 0;
            for (int frame = 0; frame < machine.spec().frames(); frame++) {
                if (groups.isChargedTo(frame, number)) {
                    assertThat(machine.parts().frames().isUsed(frame)).isTrue();
                    charged++;
                }
            }
            assertThat(groups.charged(number)).isEqualTo(charged);
        }
    }

    /**
     * The frames that were written to are those that are dirty, where each page has its own bit.
     */
    private static void everyDirtyFrameIsListed(Machine machine) {
        if (machine.spec().translation().isContiguous()) {
            return;
        }
        FrameTable frames = machine.parts().frames();
        for (FrameView frame : machine.inspect().frames().frames(0, frames.size())) {
            boolean table = machine.parts().tableFrames().owns(frame.frame());
            assertThat(frames.written().isListed(frame.frame()))
                    .as("frame %d", frame.frame())
                    .isEqualTo(frame.dirty() && !table);
        }
    }

    private static void whatIsRememberedOfEntriesIsTrue(Machine machine) {
        FrameTable frames = machine.parts().frames();
        ReverseMap reverse = machine.parts().reverse();
        for (int frame = 0; frame < frames.size(); frame++) {
            for (long bit : new long[] {Pte.ACCESSED, Pte.DIRTY}) {
                byte known = frames.marks().of(frame, bit);
                if (known == FrameMarks.UNKNOWN) {
                    continue;
                }
                boolean set = false;
                int node = reverse.firstNode(frame);
                for (; node != FrameTable.NONE; node = reverse.nextNode(node)) {
                    Task task = Objects.requireNonNull(machine.taskOrNull(reverse.pid(node)));
                    set |= (task.table().peek(reverse.vpn(node)) & bit) != 0;
                }
                assertThat(known == FrameMarks.SET)
                        .as("frame %d, bit %d", frame, bit)
                        .isEqualTo(set);
            }
        }
    }

    private static void tlbHoldsNothingTheTableDenies(Machine machine) {
        if (machine.spec().tlb().invalidation() != TlbSpec.Invalidation.ALL) {
            return;
        }
        for (Cpu cpu : machine.parts().cpus().all()) {
            cpu.tlbs().units().forEach(unit -> tlbHoldsNothingDenied(machine, cpu, unit.tlb()));
        }
    }

    private static void tlbHoldsNothingDenied(Machine machine, Cpu cpu, Tlb tlb) {
        for (int place = 0; place < tlb.sets() * tlb.ways(); place++) {
            if (tlb.isEmpty(place)) {
                continue;
            }
            int asid = machine.parts().cpus().asid(tlb.asid(place));
            boolean named = tlb.isTagged() || machine.spec().tlb().global();
            Task owner = named ? machine.taskOrNull(asid) : cpu.current();
            Task task = Objects.requireNonNull(owner);
            long pte = task.table().get(cpu.tlbs().firstPage(tlb.page(place)));
            long entry = tlb.entry(place);
            assertThat(Pte.isValid(pte)).isTrue();
            assertThat(Pte.frame(entry)).isEqualTo(Pte.frame(pte));
            assertThat(entry & Pte.HARDWARE & ~pte).isZero();
        }
    }

    private static void countersAddUp(Machine machine) {
        Counters total = machine.counters();
        Counters sum = machine.inspect().kernelCounters();
        for (int pid = 1; pid <= machine.inspect().processCount(); pid++) {
            sum = sum.plus(machine.inspect().process(pid).orElseThrow().counters());
        }
        assertThat(sum).isEqualTo(total);
        everyEvictionHasACause(machine, total);
        assertThat(total.get(Counter.MINOR_FAULTS) + total.get(Counter.MAJOR_FAULTS))
                .isEqualTo(total.get(Counter.PAGE_FAULTS));
        assertThat(
                        total.get(Counter.READS)
                                + total.get(Counter.WRITES)
                                + total.get(Counter.EXECUTES))
                .isEqualTo(total.get(Counter.ACCESSES));
        assertThat(total.get(Counter.DIRTY_EVICTIONS) + total.get(Counter.CLEAN_EVICTIONS))
                .isEqualTo(total.get(Counter.EVICTIONS));
        assertThat(
                        total.get(Counter.MAP_ERRORS)
                                + total.get(Counter.ACCESS_ERRORS)
                                + total.get(Counter.BUS_ERRORS)
                                + total.get(Counter.KERNEL_KILLS))
                .isEqualTo(total.get(Counter.SIGNALS));
        long blocks = Math.max(1, machine.spec().pageSize() / machine.spec().blockSize());
        long ins = total.get(Counter.SWAP_INS) + total.get(Counter.FILE_INS);
        long outs = total.get(Counter.SWAP_OUTS) + total.get(Counter.FILE_OUTS);
        boolean partial = machine.spec().pageSize() < machine.spec().blockSize();
        assertThat(total.get(Counter.BLOCK_READS)).isEqualTo(blocks * ins + (partial ? outs : 0));
        assertThat(total.get(Counter.BLOCK_WRITES)).isEqualTo(blocks * outs);
        if (machine.parts().cpus().isPresent()) {
            assertThat(total.get(Counter.TLB_HITS) + total.get(Counter.TLB_MISSES))
                    .isEqualTo(total.get(Counter.ACCESSES));
        }
    }

    /** And every page that was read ahead is in its frame still, or was of use, or was not. */
    private static void everyEvictionHasACause(Machine machine, Counters total) {
        assertThat(
                        total.get(Counter.DAEMON_EVICTIONS)
                                + total.get(Counter.DIRECT_RECLAIMS)
                                + total.get(Counter.SURPLUS_EVICTIONS)
                                + total.get(Counter.PROCESS_EVICTIONS))
                .isEqualTo(total.get(Counter.EVICTIONS));
        FrameTable frames = machine.parts().frames();
        long ahead = IntStream.range(0, frames.size()).filter(frames::isPrefetched).count();
        assertThat(total.get(Counter.PREFETCH_HITS) + total.get(Counter.PREFETCHES_WASTED) + ahead)
                .isEqualTo(total.get(Counter.PREFETCHES));
    }
}

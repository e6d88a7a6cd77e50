package dev.faultline.machine;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Processes and segments that are in memory whole, against {@link SegmentModel}. */
@Tag("slow")
class SegmentsTest {

    private static final int STEPS = 450;
    private static final int SPACE_BITS = 10;
    private static final int MOST_PROCESSES = 12;

    @Seeds(250)
    void aProcessSeesItsBytesWhereverTheyAre(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = spec(random, seed);
        Game.play(
                Rules.SEGMENTS,
                spec,
                STEPS,
                (machine, model) -> new Player(random, machine, (SegmentModel) model));
    }

    /** Pages have mostly 16 bytes, else fewer, down to one. */
    private static MachineSpec spec(SplittableRandom random, long seed) {
        long pageSize = 16 >> (random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0);
        boolean relocation = random.nextBoolean();
        Translation.Kind kind =
                relocation ? Translation.Kind.RELOCATION : Translation.Kind.SEGMENTATION;
        SpecValues translation =
                SpecValues.of(Translation.KIND, kind)
                        .with(Translation.SEGMENT_BITS, relocation ? null : 2L)
                        .with(Translation.PLACEMENT, Translation.Fit.values()[random.nextInt(3)])
                        .with(Translation.COMPACTION, random.nextBoolean());
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, seed)
                        .with(MachineSpec.PAGE_SIZE, pageSize)
                        .with(MachineSpec.FRAMES, 6L + random.nextInt(14))
                        .with(MachineSpec.ADDRESS_BITS, SPACE_BITS)
                        .with(translation)
                        .with(SwapSpec.SLOTS, (long) random.nextInt(60)),
                Specs.BOUNDS);
    }

    /** Draws commands that a machine with a few processes may get. */
    private static final class Player implements Game.Player {

        private final SplittableRandom random;
        private final Machine machine;
        private final SegmentModel model;
        private final boolean relocation;
        private final int pageSize;
        private final int segments;

        /** The process whose accesses are drawn, and how many are still to come. */
        private int accessing;

        private int accessesLeft;

        Player(SplittableRandom random, Machine machine, SegmentModel model) {
            this.random = random;
            this.machine = machine;
            this.model = model;
            relocation = machine.spec().translation().kind() == Translation.Kind.RELOCATION;
            pageSize = (int) machine.spec().pageSize();
            segments = SegmentModel.segments(machine.spec());
        }

        @Override
        public @Nullable Command get() {
            if (accessesLeft > 0 && model.live().contains(accessing)) {
                accessesLeft--;
                return access(accessing);
            }
            accessesLeft = 0;
            int processes = machine.inspect().processCount();
            int pid = 1 + random.nextInt(Math.max(1, processes));
            boolean lives = model.live().contains(pid);
            boolean mayMake = processes < MOST_PROCESSES;
            return switch (random.nextInt(25)) {
                case 0, 1 -> mayMake ? create() : null;
                case 2 -> mayMake && lives ? new Command.Fork(pid) : null;
                case 3 -> new Command.Exit(pid);
                case 4 -> new Command.SwapOut(pid);
                case 5 -> new Command.SwapIn(pid);
                case 6 -> new Command.Compact();
                case 7, 8 -> new Command.Brk(pid, random.nextInt(5 * pageSize) - 2L * pageSize);
                case 9 -> relocation ? null : map(pid);
                case 10 -> relocation ? null : unmap(pid);
                case 11 -> protect(pid);
                case 12 -> Specs.tick(machine.spec(), pid);
                default -> lives ? firstAccess(pid) : null;
            };
        }

        private Command create() {
            List<MemoryArea> areas = new ArrayList<>();
            for (int number = 0; number < segments; number++) {
                if (random.nextInt(3) > 0) {
                    areas.add(area(number));
                }
            }
            return new Command.CreateProcess("p", areas, OnSignal.CONTINUE);
        }

        private MemoryArea area(int number) {
            long length = 1L + random.nextInt(5 * pageSize);
            long segmentBytes = (1L << SPACE_BITS) / segments;
            boolean down = !relocation && random.nextInt(3) == 0;
            long start = number * segmentBytes;
            if (down) {
                start += segmentBytes - length;
            }
            int protection = random.nextInt(4) == 0 ? random.nextInt(8) : Protection.ALL;
            Backing backing = Backing.of(down ? Backing.Kind.STACK : Backing.Kind.ANONYMOUS);
            return new MemoryArea(start, length, protection, backing);
        }

        private Command map(int pid) {
            MemoryArea area = area(random.nextInt(segments));
            return new Command.Map(
                    pid, area.start(), area.length(), area.protection(), area.backing(), false);
        }

        private @Nullable Command unmap(int pid) {
            List<SegmentModel.Extent> all = model.extents(pid);
            return all.isEmpty()
                    ? null
                    : new Command.Unmap(pid, all.getFirst().start(), all.getFirst().length());
        }

        private @Nullable Command protect(int pid) {
            List<SegmentModel.Extent> all = model.extents(pid);
            return all.isEmpty()
                    ? null
                    : new Command.Protect(
                            pid, all.getLast().start(), all.getLast().length(), random.nextInt(8));
        }

        private Command firstAccess(int pid) {
            accessing = pid;
            accessesLeft = 5;
            return access(pid);
        }

        /** Mostly in a segment or just beside it. */
        private Command access(int pid) {
            long address = random.nextInt((1 << SPACE_BITS) + 20);
            List<SegmentModel.Extent> all = model.extents(pid);
            if (!all.isEmpty() && random.nextInt(4) > 0) {
                SegmentModel.Extent near = all.get(random.nextInt(all.size()));
                int place = random.nextInt((int) near.length() + 4);
                address = Math.max(0, near.start() - 2 + place);
            }
            int op = random.nextInt(3);
            int size = address % pageSize + 4 > pageSize ? 1 : 1 + random.nextInt(4);
            long value = random.nextLong() & (1L << 8 * size) - 1;
            return Specs.access(
                    machine.spec(), pid, op, address, size, op == Op.WRITE ? value : null);
        }
    }
}

package dev.faultline.machine;

import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Random maps of every kind, unmaps, protects, remaps, locks, advice, files, moves of the break,
 * forks, exits, accesses and mappings of the kernel's own, with few frames and sometimes few slots,
 * so that pages come and go and memory runs out; with every policy, on one to three processors,
 * with control groups and all that is done in the background; against a model that is flat: for
 * each process, what each page allows and what each byte holds.
 */
@Tag("slow")
class RandomAreasTest {

    private static final int STEPS = 400;
    private static final int PAGES = AreaModel.PAGES;
    private static final long PAGE = 64;

    @Seeds(200)
    void agreesWithAFlatModelAndKeepsTheLaws(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = RandomSpecs.paged(random, PAGE).next();
        Game.play(
                Rules.AREAS,
                spec,
                STEPS,
                (machine, model) -> new Player(random, spec, (AreaModel) model));
    }

    /** Draws commands that a machine with a few processes may get. */
    private static final class Player implements Game.Player {

        private final SplittableRandom random;
        private final MachineSpec spec;
        private final AreaModel model;
        private boolean begun;

        Player(SplittableRandom random, MachineSpec spec, AreaModel model) {
            this.random = random;
            this.spec = spec;
            this.model = model;
        }

        @Override
        public @Nullable Command get() {
            if (!begun) {
                begun = true;
                return putFile();
            }
            List<Integer> live = model.live();
            if (live.isEmpty() || live.size() < 3 && random.nextInt(60) == 0) {
                return create();
            }
            int pid = live.get(random.nextInt(live.size()));
            if (model.isBlocked(pid)) {
                return new Command.Exit(pid);
            }
            boolean mayFork = live.size() < 5;
            return switch (random.nextInt(41)) {
                case 0, 1 -> mayFork ? new Command.Fork(pid) : null;
                case 2 -> random.nextInt(3) == 0 ? new Command.Exit(pid) : null;
                case 3, 4, 5, 6, 7 -> map(pid);
                case 8, 9 -> new Command.Unmap(pid, page(), bytes(6));
                case 10, 11, 12 -> new Command.Protect(pid, page(), bytes(4), random.nextInt(8));
                case 13, 14 ->
                        new Command.Brk(pid, random.nextInt(-3 * (int) PAGE, 4 * (int) PAGE));
                case 15, 16 -> advise(pid);
                case 17 -> new Command.SwapOut(pid);
                case 18 -> new Command.SwapIn(pid);
                case 19, 20 -> remap(pid);
                case 21 -> lock(pid);
                case 22 -> new Command.Sync(pid, random.nextInt(PAGES) * PAGE, PAGE);
                case 23 -> new Command.Dirty(pid, 0, PAGES * PAGE);
                case 24 -> random.nextInt(4) == 0 ? putFile() : null;
                case 25 -> mayFork && random.nextInt(3) == 0 ? new Command.Vfork(pid) : null;
                case 26 -> exec(pid);
                case 27, 28, 29 -> model.kernel().next(random);
                case 30 -> group(pid);
                case 40 -> Specs.tick(spec, pid);
                default -> access(pid);
            };
        }

        private long page() {
            return random.nextInt(PAGES - 6) * PAGE;
        }

        /** A length of up to so many pages, to the byte. */
        private long bytes(int most) {
            return 1L + random.nextInt(most * (int) PAGE);
        }

        /** The file has up to six pages, of which the last is half used. */
        private Command putFile() {
            byte[] bytes = new byte[(int) ((1 + random.nextInt(6)) * PAGE - PAGE / 2)];
            for (int page = 0; page * PAGE < bytes.length; page++) {
                for (int i = 0; i < FlatProcess.BYTES; i++) {
                    bytes[(int) (page * PAGE) + i] = (byte) random.nextInt(4);
                }
            }
            return Command.PutFile.of("file", bytes, Protection.ALL);
        }

        /** A group gets other bounds, or a process another group. */
        private Command group(int pid) {
            String name = random.nextBoolean() ? "a" : "b";
            return random.nextBoolean()
                    ? new Command.PutGroup(
                            name, 1 + random.nextInt(spec.frames()), random.nextInt(2))
                    : new Command.JoinGroup(pid, name);
        }

        private static Command exec(int pid) {
            MemoryArea area = new MemoryArea(2 * PAGE, 3 * PAGE, Protection.ALL);
            return new Command.Exec(pid, "", List.of(area), OnSignal.CONTINUE);
        }

        private Command create() {
            MemoryArea area = new MemoryArea(random.nextInt(4) * PAGE, bytes(4), random.nextInt(8));
            return new Command.CreateProcess("", List.of(area), OnSignal.CONTINUE);
        }

        private Command map(int pid) {
            long offset = random.nextInt(3) * PAGE;
            Backing backing =
                    switch (random.nextInt(8)) {
                        case 0, 1 -> Backing.sharedMemory("shared");
                        case 2, 3 -> Backing.file("file", offset, true);
                        case 4, 5 -> Backing.file("file", offset, false);
                        case 6 -> Backing.UNNAMED;
                        default -> Backing.ANONYMOUS;
                    };
            Long start = random.nextInt(4) == 0 ? null : Long.valueOf(page());
            return new Command.Map(
                    pid, start, bytes(6), random.nextInt(8), backing, random.nextBoolean());
        }

        /** What is read after FREE is the kernel's choice. */
        private @Nullable Command advise(int pid) {
            Command.Advice[] all = Command.Advice.values();
            Command.Advice advice = all[random.nextInt(all.length)];
            long length = (1 + random.nextInt(4)) * PAGE;
            return advice == Command.Advice.FREE
                    ? null
                    : new Command.Advise(pid, page(), length, advice);
        }

        private Command remap(int pid) {
            long length = (1 + random.nextInt(3)) * PAGE;
            long wanted = (1 + random.nextInt(5)) * PAGE;
            return new Command.Remap(pid, page(), length, wanted, random.nextBoolean());
        }

        /** What is locked cannot make room, whatever was reserved. */
        private @Nullable Command lock(int pid) {
            long length = (1 + random.nextInt(2)) * PAGE;
            return spec.swap().reservation() == SwapSpec.Reservation.EAGER
                    ? null
                    : new Command.Lock(pid, page(), length, random.nextInt(3) == 0);
        }

        private Command access(int pid) {
            long address = random.nextInt(PAGES) * PAGE + random.nextInt(FlatProcess.BYTES);
            int op = random.nextInt(3);
            Long stored = op == Op.WRITE ? Long.valueOf(random.nextInt(256)) : null;
            return Specs.access(spec, pid, op, address, 1, stored);
        }
    }
}

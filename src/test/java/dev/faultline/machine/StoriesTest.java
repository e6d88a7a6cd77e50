package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.TranslationStep;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Is the story of an access what happened? Random machines of every kind get random commands; what
 * each story tells is compared with the result and with the counters, and a machine that tells
 * stories stays the same as one that does not.
 */
class StoriesTest {

    private static final int STEPS = 150;

    @Seeds(400)
    void aStoryIsWhatHappened(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MachineSpec spec = new RandomSpecs(random).next();
        Machine silent = new Machine(spec);
        Machine telling = new Machine(spec);
        telling.tellStories();
        RandomLife life = new RandomLife(random, spec);
        for (int step = 0; step < STEPS; step++) {
            Command command = life.next(telling);
            Counters before = telling.counters();
            Outcome outcome = telling.apply(command);
            assertThat(withoutStories(silent.apply(command)))
                    .as("step %d: %s", step, command)
                    .isEqualTo(withoutStories(outcome));
            if (outcome instanceof Outcome.Accessed accessed && !accessed.results().isEmpty()) {
                AccessResult result = accessed.results().getFirst();
                Counters counted = telling.counters().minus(before);
                if (!life.wasAway()) {
                    StoryLaws.check(spec, result, counted);
                }
                StoryLaws.checkFill(telling, result);
            }
        }
        assertThat(telling.digest()).isEqualTo(silent.digest());
    }

    /** Nothing that can be told is never told: the random lives above come to each step. */
    @Test
    void everyStepOccurs() {
        Set<Class<?>> told = new HashSet<>();
        for (long seed = 0; seed < 1_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            MachineSpec spec = new RandomSpecs(random).next();
            Machine machine = new Machine(spec);
            machine.tellStories();
            RandomLife life = new RandomLife(random, spec);
            for (int step = 0; step < STEPS; step++) {
                if (machine.apply(life.next(machine)) instanceof Outcome.Accessed accessed) {
                    for (AccessResult result : accessed.results()) {
                        result.story().forEach(each -> told.add(each.step().getClass()));
                    }
                }
            }
        }
        assertThat(
                        Stream.of(TranslationStep.class, KernelStep.class)
                                .flatMap(each -> Stream.of(each.getPermittedSubclasses()))
                                .filter(step -> !told.contains(step)))
                .as("steps that are never told")
                .isEmpty();
    }

    private static Object withoutStories(Outcome outcome) {
        return outcome instanceof Outcome.Accessed accessed
                ? List.of(
                        accessed.issued(),
                        String.valueOf(accessed.stopped()),
                        accessed.results().stream().map(StoriesTest::withoutStory).toList())
                : outcome;
    }

    private static AccessResult withoutStory(AccessResult result) {
        return new AccessResult(
                result.op(),
                result.address(),
                result.size(),
                result.tlb(),
                result.faults(),
                result.frame(),
                result.value(),
                result.signal(),
                result.ticks(),
                List.of());
    }

    /** Commands that make a few processes meet all that an access can meet. */
    private static final class RandomLife {
        private final SplittableRandom random;
        private final MachineSpec spec;
        private final long pageSize;
        private final long pages;
        private boolean away;

        RandomLife(SplittableRandom random, MachineSpec spec) {
            this.random = random;
            this.spec = spec;
            pageSize = spec.pageSize();
            pages = Math.min(spec.pages(), 32);
        }

        /** Whether the process of the last access was swapped out: it first came back. */
        boolean wasAway() {
            return away;
        }

        private boolean oneIn(int chances) {
            return random.nextInt(chances) == 0;
        }

        private long page() {
            return random.nextLong(pages) * pageSize;
        }

        /** A length from an address on, within the space. */
        private long bytes(long from) {
            long left = (1L << spec.addressBits()) - from;
            return 1 + random.nextLong(Math.min(left, 4 * pageSize));
        }

        Command next(Machine machine) {
            int processes = machine.inspect().processCount();
            if (processes == 0) {
                return create();
            }
            int pid = 1 + random.nextInt(processes);
            long start = page();
            return switch (random.nextInt(40)) {
                case 0 -> processes < 6 ? create() : access(machine, pid);
                case 1 -> new Command.Fork(pid);
                case 2 -> oneIn(4) ? new Command.Exit(pid) : new Command.SwapIn(pid);
                case 3, 4, 5 -> map(pid, start);
                case 6 -> new Command.Unmap(pid, start, bytes(start));
                case 7, 8 -> new Command.Protect(pid, start, bytes(start), random.nextInt(8));
                case 9, 10 -> advise(pid);
                case 11 -> new Command.SwapOut(pid);
                case 12 ->
                        Command.PutFile.of("file", new byte[random.nextInt(300)], Protection.ALL);
                case 13 -> new Command.MapFrame(random.nextInt(spec.frames()), Protection.ALL);
                case 14 -> new Command.SetHandler(pid, handler());
                case 15 -> new Command.Lock(pid, page(), pageSize, oneIn(2));
                case 16 -> new Command.FlushTlb(null, null);
                case 17 -> Specs.tick(spec, pid);
                default -> access(machine, pid);
            };
        }

        private Command create() {
            if (spec.translation().isContiguous()) {
                return Command.CreateProcess.plain("plain", spec);
            }
            List<MemoryArea> areas = new ArrayList<>();
            long half = pages / 2 * pageSize;
            if (half > 0) {
                areas.add(new MemoryArea(0, half, Protection.ALL));
                Backing stack = Backing.of(Backing.Kind.STACK);
                long top = (pages - 1) * pageSize;
                areas.add(new MemoryArea(top, pageSize, Protection.ALL, stack));
            }
            OnSignal[] all = {OnSignal.CONTINUE, OnSignal.CONTINUE, OnSignal.TERMINATE};
            return new Command.CreateProcess("areas", areas, all[random.nextInt(all.length)]);
        }

        private Command map(int pid, long start) {
            Backing backing =
                    List.of(
                                    Backing.ANONYMOUS,
                                    Backing.UNNAMED,
                                    Backing.sharedMemory("shared"),
                                    Backing.file("file", 0, true),
                                    Backing.file("file", 0, false))
                            .get(random.nextInt(5));
            return new Command.Map(pid, start, bytes(start), random.nextInt(8), backing, true);
        }

        private Command advise(int pid) {
            Command.Advice[] all = Command.Advice.values();
            Command.Advice advice = all[random.nextInt(all.length)];
            return new Command.Advise(pid, 0, pages * pageSize, advice);
        }

        private UserHandler handler() {
            List<UserHandler.Action> actions = new ArrayList<>();
            UserHandler.Place fault = UserHandler.Place.FAULT;
            for (int left = 1 + random.nextInt(2); left > 0; left--) {
                actions.add(
                        switch (random.nextInt(5)) {
                            case 0 ->
                                    new UserHandler.Copy(
                                            new UserHandler.Place(false, page()), fault, 9);
                            case 1 ->
                                    new UserHandler.Map(
                                            fault, pageSize, Protection.ALL, Backing.ANONYMOUS);
                            case 2 -> new UserHandler.Unmap(fault, pageSize);
                            default -> new UserHandler.Protect(fault, pageSize, Protection.ALL);
                        });
            }
            return new UserHandler(actions);
        }

        private Command access(Machine machine, int pid) {
            int op = random.nextInt(3);
            long address =
                    oneIn(20)
                            ? random.nextLong(1L << Math.min(60, spec.addressBits() + 1))
                            : page() + random.nextLong(pageSize);
            AccessBlock block = new AccessBlock(spec, 1);
            if (op == Op.WRITE && oneIn(2)) {
                block.addSized(op, address, 1, true, random.nextInt(256));
            } else {
                block.add(op, address);
            }
            if (oneIn(4) && spec.cpus() > 1) {
                block.setCpu(0, random.nextInt(spec.cpus()));
            }
            boolean inSpace = address >>> spec.addressBits() == 0;
            int who = inSpace && oneIn(30) ? Command.KERNEL : pid;
            Task task = machine.taskOrNull(who);
            away = task != null && task.isSwappedOut();
            return new Command.Access(who, block, true);
        }
    }
}

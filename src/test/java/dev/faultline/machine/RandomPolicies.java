package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.SplittableRandom;

/** Policies with random parameters, and random strings of pages for them. */
final class RandomPolicies {

    /** Stands for a tick of the clock in a string of pages. */
    static final long TICK = -1;

    private RandomPolicies() {}

    /** From 2 frames up, mostly few. */
    static long fewFrames(SplittableRandom random) {
        return 2L + random.nextInt(random.nextInt(4) == 0 ? 30 : 7);
    }

    /** A machine whose policy has parameters of the dialect and others by chance. */
    static MachineSpec spec(SplittableRandom random, String policy, String dialect, long frames) {
        PolicyDraft.AgeAt[] ages = PolicyDraft.AgeAt.values();
        List<Integer> numbers = random.ints(7, 0, 1000).boxed().toList();
        PolicyDraft draft =
                new PolicyDraft(
                        policy,
                        dialect,
                        null,
                        null,
                        random.nextBoolean() ? null : random.nextBoolean(),
                        random.nextBoolean() ? null : (long) random.nextInt((int) frames),
                        random.nextBoolean() ? null : random.nextBoolean(),
                        random.nextBoolean() ? null : PolicyDraft.Ties.values()[random.nextInt(3)],
                        random.nextBoolean() ? null : 1L + random.nextInt(40),
                        random.nextBoolean() ? null : 1L + random.nextInt(30),
                        random.nextBoolean() ? null : 1L + random.nextInt(32),
                        random.nextBoolean() ? null : ages[random.nextInt(ages.length)],
                        random.nextBoolean() ? null : 1L + random.nextInt(4),
                        random.nextBoolean() ? null : (long) random.nextInt(5),
                        random.nextBoolean() ? null : (long) random.nextInt(60),
                        remembered(random),
                        random.nextBoolean() ? null : 1L + random.nextInt(100),
                        random.nextBoolean() ? null : random.nextBoolean(),
                        null,
                        null,
                        null,
                        numbers);
        return spec(1, draft, new TlbDraft(2L * random.nextInt(4), null, null, true), frames);
    }

    private static @Nullable Long remembered(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0, 1 -> null;
            case 2 -> PolicyDraft.UNBOUNDED;
            default -> 1L + random.nextInt(300);
        };
    }

    /** A machine whose random numbers begin with a seed. */
    static MachineSpec withSeed(long seed, PolicyDraft policy, long frames) {
        return spec(seed, policy, new TlbDraft(8L, null, null, true), frames);
    }

    private static MachineSpec spec(long seed, PolicyDraft draft, TlbDraft tlb, long frames) {
        return new SpecDraft(
                        seed,
                        64L,
                        frames,
                        16L,
                        TranslationDraft.of(Translation.Kind.LINEAR),
                        tlb,
                        draft,
                        SwapDraft.of(1024),
                        Costs.DEFAULT,
                        Limits.DEFAULT,
                        null,
                        null)
                .resolve(Specs.BOUNDS);
    }

    /** Pages below a bound, a third of them accessed lately; in half of all strings, ticks too. */
    static long[] pages(SplittableRandom random, int length, int range) {
        long[] pages = new long[length];
        boolean ticks = random.nextBoolean();
        for (int i = 0; i < length; i++) {
            if (ticks && random.nextInt(9) == 0) {
                pages[i] = TICK;
                continue;
            }
            boolean near = i > 0 && random.nextInt(3) == 0;
            int back = 1 + random.nextInt(Math.max(1, Math.min(i, 4)));
            pages[i] = near ? pages[i - back] : random.nextInt(range);
        }
        return pages;
    }

    /** Adds an access to a page, or a tick, to a block. */
    static void add(MachineSpec spec, AccessBlock block, long page, boolean write) {
        if (page == TICK) {
            block.addTick();
        } else {
            block.add(write ? Op.WRITE : Op.READ, page * spec.pageSize());
        }
    }

    /** A third of the accesses write. */
    static boolean[] writes(SplittableRandom random, int length) {
        boolean[] writes = new boolean[length];
        for (int i = 0; i < length; i++) {
            writes[i] = random.nextInt(3) == 0;
        }
        return writes;
    }
}

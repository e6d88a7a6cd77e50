package dev.faultline.machine;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.oracle.replacement.Papers;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.SplittableRandom;

/** Policies with random parameters, and random strings of pages for them. */
final class RandomPolicies {

    /** Stands for a tick of the clock in a string of pages. */
    static final long TICK = Papers.TICK;

    private RandomPolicies() {}

    /** From 2 frames up, mostly few. */
    static long fewFrames(SplittableRandom random) {
        return 2L + random.nextInt(random.nextInt(4) == 0 ? 30 : 7);
    }

    /** A machine whose policy has parameters of the dialect and others by chance. */
    static MachineSpec spec(SplittableRandom random, String policy, Dialect dialect, long frames) {
        Parameters.AgeAt[] ages = Parameters.AgeAt.values();
        List<Integer> numbers = random.ints(7, 0, 1000).boxed().toList();
        SpecValues draft =
                SpecValues.of(Parameters.POLICY, policy)
                        .with(Parameters.DIALECT, dialect)
                        .with(
                                Parameters.REFERENCED_ON_LOAD,
                                random.nextBoolean() ? null : random.nextBoolean())
                        .with(
                                Parameters.HAND_START,
                                random.nextBoolean() ? null : (long) random.nextInt((int) frames))
                        .with(
                                Parameters.HAND_PASSES_FILLED,
                                random.nextBoolean() ? null : random.nextBoolean())
                        .with(
                                Parameters.TIES,
                                random.nextBoolean()
                                        ? null
                                        : Parameters.Ties.values()[random.nextInt(3)])
                        .with(Parameters.TAU, random.nextBoolean() ? null : 1L + random.nextInt(40))
                        .with(
                                Parameters.CLEAR_EVERY,
                                random.nextBoolean() ? null : 1L + random.nextInt(30))
                        .with(
                                Parameters.BITS,
                                random.nextBoolean() ? null : 1L + random.nextInt(32))
                        .with(
                                Parameters.AGE_AT,
                                random.nextBoolean() ? null : ages[random.nextInt(ages.length)])
                        .with(Parameters.K, random.nextBoolean() ? null : 1L + random.nextInt(4))
                        .with(
                                Parameters.CORRELATED,
                                random.nextBoolean() ? null : (long) random.nextInt(5))
                        .with(
                                Parameters.HALVE_EVERY,
                                random.nextBoolean() ? null : (long) random.nextInt(60))
                        .with(Parameters.REMEMBERED, remembered(random))
                        .with(
                                Parameters.FIRST_IN,
                                random.nextBoolean() ? null : 1L + random.nextInt(100))
                        .with(
                                Parameters.REFAULTS,
                                random.nextBoolean() ? null : random.nextBoolean())
                        .with(
                                Parameters.MOVE_AFTER,
                                random.nextBoolean() ? null : 1L + random.nextInt(3))
                        .with(Parameters.NUMBERS, numbers);
        return spec(1, draft, Specs.tlb(2L * random.nextInt(4)).with(TlbSpec.TAGGED, true), frames);
    }

    private static @Nullable Long remembered(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0, 1 -> null;
            case 2 -> Parameters.UNBOUNDED;
            default -> 1L + random.nextInt(300);
        };
    }

    /** A machine whose random numbers begin with a seed. */
    static MachineSpec withSeed(long seed, SpecValues policy, long frames) {
        return spec(
                seed, policy, SpecValues.of(TlbSpec.ENTRIES, 8).with(TlbSpec.TAGGED, true), frames);
    }

    private static MachineSpec spec(long seed, SpecValues draft, SpecValues tlb, long frames) {
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, seed)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 16)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(tlb)
                        .with(draft)
                        .with(SwapSpec.SLOTS, 1024),
                Specs.BOUNDS);
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

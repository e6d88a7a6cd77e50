package dev.faultline.machine;

import dev.faultline.machine.replacement.Policies;

import java.util.List;
import java.util.SplittableRandom;

/** Machines of every kind, with few frames and 32 pages of virtual memory. */
final class RandomSpecs {

    private final SplittableRandom random;

    private static final Translation.Kind[] PAGED = {
        Translation.Kind.LINEAR,
        Translation.Kind.HIERARCHICAL,
        Translation.Kind.HASHED,
        Translation.Kind.INVERTED,
        Translation.Kind.SEGMENTED_PAGING
    };

    private RandomSpecs(SplittableRandom random) {
        this.random = random;
    }

    static MachineSpec make(long seed, SplittableRandom random, long pageSize) {
        return new RandomSpecs(random).make(seed, pageSize);
    }

    private MachineSpec make(long seed, long pageSize) {
        boolean tlb = random.nextInt(4) > 0;
        Translation.Memory tables = oneOf(Translation.Memory.values());
        boolean free = tables == Translation.Memory.FREE;
        Translation.Kind kind = oneOf(PAGED);
        boolean segmented = kind == Translation.Kind.SEGMENTED_PAGING;
        boolean chained = kind == Translation.Kind.HASHED || kind == Translation.Kind.INVERTED;
        if ((chained || segmented) && !free) {
            kind = Translation.Kind.LINEAR;
        }
        return new SpecDraft(
                        seed,
                        pageSize,
                        (free ? 3L : 12L) + random.nextInt(12),
                        11L,
                        new TranslationDraft(
                                kind,
                                kind == Translation.Kind.HIERARCHICAL ? List.of(3, 2) : null,
                                tables,
                                chained && free ? Long.valueOf(1L + random.nextInt(20)) : null),
                        tlb
                                ? new TlbDraft(
                                        8L,
                                        2L,
                                        oneOf(TlbSpec.Replacement.values()),
                                        random.nextBoolean(),
                                        oneOf(TlbSpec.Management.values()),
                                        random.nextInt(4) == 0,
                                        random.nextInt(3) == 0
                                                ? new TlbDraft(12L, 4L, null, null)
                                                : null)
                                : new TlbDraft(0L, null, null, null),
                        policy(),
                        swap(free),
                        Costs.DEFAULT,
                        Limits.DEFAULT,
                        List.of(64L, 16L, 256L).get(random.nextInt(3)),
                        null)
                .resolve(Specs.BOUNDS);
    }

    private PolicyDraft policy() {
        String name = oneOf(Policies.names().toArray(String[]::new));
        return Policies.canBeLocal(name) && random.nextInt(3) == 0
                ? PolicyDraft.local(name, oneOf(PolicySpec.Allotment.values()))
                : PolicyDraft.of(name, oneOf(PolicySpec.DIALECTS.toArray(String[]::new)));
    }

    /** Tables in frames take what eager reservation promises to others. */
    private SwapDraft swap(boolean mayBeEager) {
        return new SwapDraft(
                List.of(4096L, 64L, 6L, 3L).get(random.nextInt(4)),
                mayBeEager ? oneOf(SwapSpec.Reservation.values()) : SwapSpec.Reservation.LAZY,
                oneOf(SwapSpec.Overcommit.values()),
                50L,
                random.nextBoolean(),
                oneOf(SwapSpec.OutOfMemory.values()));
    }

    private <T> T oneOf(T[] values) {
        return values[random.nextInt(values.length)];
    }
}

package dev.faultline.machine;

import dev.faultline.machine.replacement.Policies;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicyDraft;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SpecDraft;
import dev.faultline.machine.spec.SwapDraft;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbDraft;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.spec.TranslationDraft;

import java.util.List;
import java.util.SplittableRandom;

/** Machines of every kind, with few frames and 32 pages of virtual memory, of a byte or more. */
final class RandomSpecs {

    private final SplittableRandom random;

    private static final Translation.Kind[] PAGED = {
        Translation.Kind.LINEAR,
        Translation.Kind.HIERARCHICAL,
        Translation.Kind.HASHED,
        Translation.Kind.INVERTED,
        Translation.Kind.SEGMENTED_PAGING
    };

    /** So that logs run over within a test. */
    private static final Limits FEW_EVENTS =
            new Limits(
                    Limits.DEFAULT.processes(),
                    Limits.DEFAULT.tableBytes(),
                    Limits.DEFAULT.contentBytes(),
                    100,
                    Limits.DEFAULT.areas(),
                    Limits.DEFAULT.stackBytes(),
                    Limits.DEFAULT.handlerTries());

    private RandomSpecs(SplittableRandom random) {
        this.random = random;
    }

    static MachineSpec make(long seed, SplittableRandom random, long pageSize) {
        return new RandomSpecs(random).make(seed, pageSize);
    }

    private MachineSpec make(long seed, long pageSize) {
        boolean tlb = random.nextInt(4) > 0;
        Translation.Memory tables =
                pageSize < 8 ? Translation.Memory.FREE : oneOf(Translation.Memory.values());
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
                        5L + Long.numberOfTrailingZeros(pageSize),
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
                        FEW_EVENTS,
                        List.of(pageSize, Math.max(1, pageSize / 4), 4 * pageSize)
                                .get(random.nextInt(3)),
                        1L + random.nextInt(3))
                .with(random.nextBoolean() ? PagingSpec.NONE : paging())
                .resolve(Specs.BOUNDS);
    }

    /** The page daemon, dirty limits and reading ahead, each with what three frames can bear. */
    private PagingSpec paging() {
        int high = random.nextInt(3);
        int low = random.nextInt(high + 1);
        int background = random.nextBoolean() ? 100 : 1 + random.nextInt(99);
        int limit =
                random.nextBoolean()
                        ? 100
                        : background == 100
                                ? random.nextInt(100)
                                : background + random.nextInt(100 - background);
        return new PagingSpec(
                new PagingSpec.Watermarks(random.nextInt(low + 1), low, high),
                1 + random.nextInt(4),
                background,
                limit,
                new PagingSpec.ReadAhead(
                        1 + random.nextInt(4), 1 + random.nextInt(4), random.nextInt(3)),
                PagingSpec.LoadControl.NONE);
    }

    private PolicyDraft policy() {
        String name = oneOf(Policies.names().toArray(String[]::new));
        if (name.equals("aging") && random.nextBoolean()) {
            return PolicyDraft.agingAtTicks();
        }
        if (name.equals("lirs") && random.nextBoolean()) {
            return Specs.remembering(name, PolicyDraft.UNBOUNDED);
        }
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

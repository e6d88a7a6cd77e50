package dev.faultline.api.machines;

import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.Limits;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** A machine on the wire: its id, its effective spec, and where it is. */
public record MachineBody(
        String id,
        @Nullable String preset,
        long seed,
        long pageSize,
        int frames,
        int addressBits,
        TranslationBody translation,
        @Nullable TlbBody tlb,
        ReplacementBody replacement,
        RandomBody random,
        SwapBody swap,
        DiskSpecBody disk,
        int cpus,
        SchedulerBody scheduler,
        ReclaimBody reclaim,
        PagingSpec.ReadAhead readAhead,
        Costs costs,
        Limits limits,
        @Schema(
                        description =
                                "Grows by one with each request that changes the machine; null while"
                                        + " one is under way.")
                @Nullable Long version,
        @Schema(description = "SHA-256 of the simulated state, events and counters.") String digest,
        Counters counters,
        @Schema(
                        description =
                                "Why the machine is set aside: a command broke off half-way. Null"
                                        + " but for a mistake of the server's.")
                HostedMachine.@Nullable Quarantine quarantine) {

    record TranslationBody(
            String kind,
            List<Integer> levels,
            String memory,
            @Nullable Integer buckets,
            @Nullable String layout,
            @Nullable Integer segmentBits,
            @Nullable String placement,
            @Nullable Boolean compaction) {

        public static TranslationBody of(Translation translation) {
            boolean placed = translation.isContiguous();
            return new TranslationBody(
                    MachineRequest.word(translation.kind()),
                    translation.levels(),
                    MachineRequest.word(translation.memory()),
                    translation.buckets() == 0 ? null : translation.buckets(),
                    translation.layout() == null ? null : MachineRequest.word(translation.layout()),
                    translation.kind().hasSegments() ? translation.segmentBits() : null,
                    placed ? MachineRequest.word(translation.fit()) : null,
                    placed ? translation.compaction() : null);
        }
    }

    public record TlbBody(
            int entries,
            int ways,
            String replacement,
            String management,
            boolean tagged,
            boolean split,
            @Nullable SecondLevelBody secondLevel,
            @Nullable Integer asidBits,
            int walkCache,
            boolean global,
            String invalidation) {

        public static TlbBody of(TlbSpec tlb) {
            return new TlbBody(
                    tlb.entries(),
                    tlb.ways(),
                    MachineRequest.word(tlb.replacement()),
                    MachineRequest.word(tlb.management()),
                    tlb.tagged(),
                    tlb.split(),
                    SecondLevelBody.of(tlb.second()),
                    tlb.asidBits() == 0 ? null : tlb.asidBits(),
                    tlb.walkCache(),
                    tlb.global(),
                    MachineRequest.word(tlb.invalidation()));
        }
    }

    record SecondLevelBody(int entries, int ways, String replacement) {

        public static @Nullable SecondLevelBody of(@Nullable TlbSpec tlb) {
            return tlb == null
                    ? null
                    : new SecondLevelBody(
                            tlb.entries(), tlb.ways(), MachineRequest.word(tlb.replacement()));
        }
    }

    record SchedulerBody(long quantum, LoadControlBody loadControl) {}

    record LoadControlBody(String kind, long window, int high, int low, long patience) {

        public static LoadControlBody of(PagingSpec.LoadControl control) {
            return new LoadControlBody(
                    MachineRequest.word(control.kind()),
                    control.window(),
                    control.high(),
                    control.low(),
                    control.patience());
        }
    }

    record ReclaimBody(
            int min, int low, int high, int inFlight, int dirtyBackground, int dirtyLimit) {

        public static ReclaimBody of(PagingSpec paging) {
            return new ReclaimBody(
                    paging.watermarks().min(),
                    paging.watermarks().low(),
                    paging.watermarks().high(),
                    paging.inFlight(),
                    paging.dirtyBackground(),
                    paging.dirtyLimit());
        }
    }

    record DiskSpecBody(long blockSize) {}

    /** The policy, with everything that its dialect leaves open. */
    public record ReplacementBody(
            String policy,
            String scope,
            String allotment,
            int frameShare,
            String dialect,
            String order,
            String scan,
            boolean referencedOnLoad,
            int handStart,
            boolean handPassesFilled,
            String ties,
            long tau,
            long clearEvery,
            int bits,
            String ageAt,
            int k,
            long correlated,
            long halveEvery,
            @Nullable Integer remembered,
            int firstIn,
            boolean refaults) {

        public static ReplacementBody of(PolicySpec spec) {
            return new ReplacementBody(
                    spec.policy(),
                    spec.isLocal() ? "local" : "global",
                    MachineRequest.word(spec.allotment()),
                    spec.frameShare(),
                    spec.dialect(),
                    spec.byFrame() ? "frame" : "load",
                    spec.fromHand() ? "hand" : "start",
                    spec.referencedOnLoad(),
                    spec.handStart(),
                    spec.handPassesFilled(),
                    MachineRequest.word(spec.ties()),
                    spec.tau(),
                    spec.clearEvery(),
                    spec.bits(),
                    spec.agesAtTicks() ? "tick" : "choice",
                    spec.k(),
                    spec.correlated(),
                    spec.halveEvery(),
                    spec.remembersAll() ? null : spec.remembered(),
                    spec.firstIn(),
                    spec.refaults());
        }
    }

    record RandomBody(List<Integer> numbers) {}

    record SwapBody(
            int slots,
            String reservation,
            String overcommit,
            int overcommitRatio,
            boolean spareFrame,
            String outOfMemory) {

        static SwapBody of(SwapSpec spec) {
            return new SwapBody(
                    spec.slots(),
                    MachineRequest.word(spec.reservation()),
                    MachineRequest.word(spec.overcommit()),
                    spec.overcommitRatio(),
                    spec.spareFrame(),
                    MachineRequest.word(spec.outOfMemory()));
        }
    }

    /** The machine as it is now, version, digest and counters of one moment. */
    static HostedMachine.Versioned<MachineBody> of(HostedMachine hosted) {
        return hosted.describe(describe(hosted));
    }

    /** The machine as a change has left it. */
    static MachineBody of(HostedMachine hosted, Change change) {
        return change.describe(describe(hosted));
    }

    private static HostedMachine.Description<MachineBody> describe(HostedMachine hosted) {
        return (machine, version, digest, quarantine) ->
                of(hosted, machine.counters(), version, digest, quarantine);
    }

    private static MachineBody of(
            HostedMachine hosted,
            Counters counters,
            @Nullable Long version,
            String digest,
            HostedMachine.@Nullable Quarantine quarantine) {
        MachineSpec spec = hosted.spec();
        TlbSpec tlb = spec.tlb();
        return new MachineBody(
                hosted.id(),
                hosted.preset() == null ? null : hosted.preset().name(),
                spec.seed(),
                spec.pageSize(),
                spec.frames(),
                spec.addressBits(),
                TranslationBody.of(spec.translation()),
                tlb.entries() == 0 ? null : TlbBody.of(tlb),
                ReplacementBody.of(spec.replacement()),
                new RandomBody(spec.replacement().numbers()),
                SwapBody.of(spec.swap()),
                new DiskSpecBody(spec.blockSize()),
                spec.cpus(),
                new SchedulerBody(spec.quantum(), LoadControlBody.of(spec.paging().loadControl())),
                ReclaimBody.of(spec.paging()),
                spec.paging().readAhead(),
                spec.costs(),
                spec.limits(),
                version,
                digest,
                counters,
                quarantine);
    }
}

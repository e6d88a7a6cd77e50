package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.KernelStep;
import dev.faultline.machine.protocol.KernelStep.Content;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.protocol.Step;
import dev.faultline.machine.protocol.TranslationStep;
import dev.faultline.machine.spec.MachineSpec;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What is true of the story of every access, judged by its result and by what was counted. */
final class StoryLaws {

    private final MachineSpec spec;
    private final AccessResult result;
    private final List<Step.Told> story;

    private StoryLaws(MachineSpec spec, AccessResult result) {
        this.spec = spec;
        this.result = result;
        story = result.story();
    }

    /**
     * Checks the story of an access.
     *
     * @param counted how much the machine's counters grew by that access, and by nothing else
     */
    static void check(MachineSpec spec, AccessResult result, Counters counted) {
        StoryLaws laws = new StoryLaws(spec, result);
        laws.beginAndEnd();
        laws.faults();
        laws.ticks(counted);
        if (!laws.has(KernelStep.Killed.class) && !laws.ends()) {
            laws.counts(counted);
        }
    }

    private boolean has(Class<?> step) {
        return story.stream().anyMatch(told -> step.isInstance(told.step()));
    }

    private <T> List<T> all(Class<T> step) {
        return story.stream()
                .map(Step.Told::step)
                .filter(step::isInstance)
                .map(step::cast)
                .toList();
    }

    private boolean ends() {
        return all(KernelStep.Sent.class).stream()
                .anyMatch(sent -> sent.then() == KernelStep.Then.END);
    }

    private void beginAndEnd() {
        assertThat(story.getFirst().step()).isInstanceOf(TranslationStep.Split.class);
        assertThat(all(TranslationStep.Split.class)).hasSize(1);
        Signal signal = result.signal();
        if (signal == null) {
            TranslationStep.Memory memory = all(TranslationStep.Memory.class).getLast();
            assertThat(memory.frame()).isEqualTo(result.frame());
            assertThat(memory.address())
                    .isEqualTo(
                            result.frame() * spec.pageSize()
                                    + (result.address() & spec.pageSize() - 1));
            assertThat(ends()).isFalse();
        } else {
            KernelStep.Sent sent = all(KernelStep.Sent.class).getLast();
            assertThat(sent.signal()).isEqualTo(signal);
            if (sent.then() == KernelStep.Then.END) {
                assertThat(story.getLast().step()).isEqualTo(sent);
            }
        }
    }

    /** Each fault that is answered is told, in order, and after each the access runs again. */
    private void faults() {
        List<Fault.Type> told =
                all(KernelStep.Trap.class).stream()
                        .filter(trap -> trap.cause().compareTo(KernelStep.Cause.TLB_MISS) < 0)
                        .map(trap -> Fault.Type.valueOf(trap.cause().name()))
                        .toList();
        if (!has(KernelStep.HandlerCopies.class)) { // a copy of a handler faults for itself
            assertThat(told).isEqualTo(result.faults().stream().map(Fault::type).toList());
        }
        boolean first =
                story.stream()
                        .map(Step.Told::step)
                        .takeWhile(
                                step ->
                                        !(step instanceof KernelStep.Trap)
                                                && !(step instanceof TranslationStep.Walk))
                        .anyMatch(
                                step ->
                                        step instanceof TranslationStep.LookUp look
                                                && look.way() != null);
        if (!isBeyond()) {
            assertThat(first).isEqualTo(result.tlb() == AccessResult.TlbOutcome.HIT);
        }
    }

    private void ticks(Counters counted) {
        assertThat(story.stream().mapToLong(Step.Told::ticks).sum()).isEqualTo(result.ticks());
        assertThat(counted.get(Counter.TICKS)).isGreaterThanOrEqualTo(result.ticks());
        costs(counted, Counter.TLB_TICKS, step -> step instanceof TranslationStep.LookUp);
        costs(counted, Counter.DATA_TICKS, step -> step instanceof TranslationStep.Memory);
        costs(counted, Counter.TRAP_TICKS, step -> step instanceof KernelStep.Trap);
    }

    private void costs(Counters counted, Counter on, Predicate<Step> of) {
        boolean unreached = result.signal() != null && on == Counter.DATA_TICKS;
        if (isBeyond() || unreached) {
            return; // nothing was looked up, or the byte had no room
        }
        long told =
                story.stream()
                        .filter(each -> of.test(each.step()))
                        .mapToLong(Step.Told::ticks)
                        .sum();
        assertThat(told).as("%s", on).isEqualTo(counted.get(on));
    }

    /** Whether the address is outside the space, where there is nothing to walk to. */
    private boolean isBeyond() {
        return result.address() >>> spec.addressBits() != 0;
    }

    private void counts(Counters counted) {
        same(counted, Counter.WALK_REFERENCES, step -> step instanceof TranslationStep.Walk);
        same(counted, Counter.ZERO_FILLS, step -> isLoad(step, Content.ZEROS));
        same(counted, Counter.FILE_INS, step -> isLoad(step, Content.FILE));
        same(
                counted,
                Counter.SWAP_INS,
                step -> isLoad(step, Content.SLOT) || isLoad(step, Content.TABLE));
        same(counted, Counter.SWAP_OUTS, step -> isWrite(step) && step.slot() != null);
        same(counted, Counter.FILE_OUTS, step -> isWrite(step) && step.file() != null);
        same(counted, Counter.MAPS, step -> step instanceof KernelStep.Map);
        same(counted, Counter.COW_REUSES, step -> step instanceof KernelStep.Keep);
        if (!has(KernelStep.HandlerActs.class)) { // what it unmaps is not told page by page
            same(counted, Counter.UNMAPS, step -> step instanceof KernelStep.Unmap);
        }
        long left =
                all(KernelStep.SegmentLeaves.class).stream()
                        .mapToLong(KernelStep.SegmentLeaves::count)
                        .sum();
        assertThat(times(step -> step instanceof KernelStep.Victim) + left)
                .isEqualTo(counted.get(Counter.EVICTIONS));
    }

    private static boolean isLoad(Step step, Content content) {
        return step instanceof KernelStep.Load load && load.content() == content;
    }

    private static boolean isWrite(Step step) {
        return step instanceof KernelStep.WriteBack;
    }

    private long times(Predicate<Step> of) {
        return story.stream()
                .filter(each -> of.test(each.step()))
                .mapToLong(Step.Told::times)
                .sum();
    }

    private void same(Counters counted, Counter counter, Predicate<Step> of) {
        if (!isBeyond()) {
            assertThat(times(of)).as("%s", counter).isEqualTo(counted.get(counter));
        }
    }

    /** The last translation that was loaded is in its place, if nothing came between. */
    static void checkFill(Machine machine, AccessResult result) {
        List<Step.Told> story = result.story();
        if (story.size() > 1
                && story.getLast().step() instanceof TranslationStep.Memory
                && story.get(story.size() - 2).step() instanceof TranslationStep.Fill fill) {
            assertThat(
                            machine.inspect().translation().entries(0, Integer.MAX_VALUE).stream()
                                    .filter(
                                            entry ->
                                                    entry.tlb().equals(fill.tlb())
                                                            && entry.set() == fill.set()
                                                            && entry.way() == fill.way()))
                    .anyMatch(
                            entry ->
                                    entry.valid()
                                            && Objects.requireNonNull(entry.page()) <= fill.page()
                                            && fill.page()
                                                    < entry.page()
                                                            + Objects.requireNonNull(
                                                                    entry.pages()));
        }
    }
}

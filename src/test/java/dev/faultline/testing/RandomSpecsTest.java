package dev.faultline.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PagingSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.machine.state.SavedState;
import dev.faultline.machine.state.StateReader;
import dev.faultline.testing.RandomSpecs.Feature;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Do random specs come in every kind, and can each be had? */
@Tag("slow")
class RandomSpecsTest {

    private static final int SPECS = 2_000;

    private static List<MachineSpec> specs(Feature... without) {
        SplittableRandom random = new SplittableRandom(17);
        RandomSpecs specs = new RandomSpecs(random).without(without);
        return Stream.generate(specs::next).limit(SPECS).toList();
    }

    @Test
    void everyKindOccursAndMakesAMachine() {
        List<MachineSpec> specs = specs();
        assertThat(specs.stream().map(MachineSpec::policy).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(Machine.policyNames());
        for (Translation.Kind kind : Translation.Kind.values()) {
            assertThat(specs).anyMatch(spec -> spec.translation().kind() == kind);
        }
        for (Translation.Memory memory : Translation.Memory.values()) {
            assertThat(specs).anyMatch(spec -> spec.translation().memory() == memory);
        }
        for (PagingSpec.LoadControl.Kind kind : PagingSpec.LoadControl.Kind.values()) {
            assertThat(specs).anyMatch(spec -> spec.paging().loadControl().kind() == kind);
        }
        assertThat(specs).anyMatch(spec -> spec.paging().hasDaemon() && spec.cpus() > 1);
        assertThat(specs).anyMatch(spec -> spec.tlb().second() != null && spec.tlb().split());
        assertThat(specs)
                .anyMatch(
                        spec ->
                                spec.replacement().get(Parameters.REMEMBERED)
                                        == Parameters.UNBOUNDED);
        specs.forEach(spec -> assertThat(new Machine(spec).digest()).hasSize(64));
    }

    @Test
    void eachIsReadBackAsItWasWritten() {
        for (MachineSpec spec : specs()) {
            SavedState saved = SavedState.of(spec::save);
            StateReader in = new StateReader(saved.stream());
            assertThat(MachineSpec.load(in, SpecValues.EMPTY)).isEqualTo(spec);
            assertThat(in.isAtEnd()).isTrue();
        }
    }

    @Test
    void noTwoFieldsAreWrittenByOneNumber() {
        List<Integer> numbers = numbers(MachineSpec.SECTION);
        assertThat(numbers).doesNotHaveDuplicates().allMatch(number -> number > 0);
        assertThat(numbers).hasSizeGreaterThan(80);
    }

    private static List<Integer> numbers(Section section) {
        return section.parts().stream()
                .flatMap(
                        part ->
                                part.section() != null
                                        ? numbers(part.section()).stream()
                                        : Stream.ofNullable(part.field()).map(Field::number))
                .toList();
    }

    @Test
    void whatIsLeftOutDoesNotOccur() {
        assertNone(Feature.WHOLE_SEGMENTS, spec -> spec.translation().isContiguous());
        assertNone(Feature.SEVERAL_CPUS, spec -> spec.cpus() > 1);
        assertNone(Feature.RECLAIM, spec -> spec.paging().hasDaemon());
        assertNone(Feature.LOCAL_SCOPE, spec -> spec.replacement().isLocal());
        assertNone(Feature.FORESIGHT, spec -> spec.policy().equals("optimal"));
        assertNone(
                Feature.TABLES_IN_FRAMES,
                spec -> spec.translation().memory() != Translation.Memory.FREE);
    }

    private static void assertNone(Feature feature, Predicate<MachineSpec> has) {
        assertThat(specs()).anyMatch(has);
        assertThat(specs(feature)).noneMatch(has);
    }

    @Test
    void pagesAreAsTheyAreAskedFor() {
        RandomSpecs specs = new RandomSpecs(new SplittableRandom(17)).withPages(64, 5);
        for (int i = 0; i < SPECS; i++) {
            MachineSpec spec = specs.next();
            assertThat(spec.pageSize()).isEqualTo(64);
            assertThat(spec.pages()).isEqualTo(32);
        }
    }
}

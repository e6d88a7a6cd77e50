package dev.faultline.owners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Who sees what, and by which name. */
class CallerTest {

    private static final List<Owner> OWNERS =
            List.of(
                    Owner.LOCAL,
                    new Owner("local", "ada"),
                    new Owner("cs124", null),
                    new Owner("cs124", "ada"),
                    new Owner("cs124", "bob"),
                    new Owner("ada", null),
                    new Owner("ada", "cs124"));

    private static final List<Caller> CALLERS =
            List.of(
                    Caller.LOCAL,
                    Caller.admin("cs124"),
                    Caller.teacher("cs124"),
                    Caller.teacher("ada"),
                    Caller.student("cs124", "ada"),
                    Caller.student("ada", "cs124"),
                    Caller.metrics(null),
                    Caller.metrics("cs124"));

    @Test
    void whatIsSeenHasOneNameAndWhatIsNotHasNone() {
        for (Caller caller : CALLERS) {
            for (Owner owner : OWNERS) {
                Caller.Named thing = new Caller.Named(owner, "m1");
                if (caller.sees(owner)) {
                    String name = caller.nameOf(owner, "m1");
                    assertThat(caller.named(name)).as("%s, %s", caller, name).isEqualTo(thing);
                } else {
                    for (String whose : List.of("", "ada~", "cs124~", "cs124~ada~", "ada~cs124~")) {
                        assertThat(caller.named(whose + "m1")).isNotEqualTo(thing);
                    }
                }
            }
        }
    }

    @Test
    void eachRoleSeesItsOwn() {
        assertThat(OWNERS).allMatch(Caller.LOCAL::sees).allMatch(Caller.metrics(null)::sees);
        assertThat(OWNERS.stream().filter(Caller.teacher("cs124")::sees))
                .containsExactlyElementsOf(OWNERS.subList(2, 5));
        assertThat(OWNERS.stream().filter(Caller.metrics("cs124")::sees))
                .containsExactlyElementsOf(OWNERS.subList(2, 5));
        assertThat(OWNERS.stream().filter(Caller.student("cs124", "ada")::sees))
                .containsExactly(new Owner("cs124", "ada"));
    }

    @Test
    void namesAreThoseOfTheContract() {
        Owner ada = new Owner("cs124", "ada");
        assertThat(Caller.student("cs124", "ada").nameOf(ada, "m1")).isEqualTo("m1");
        assertThat(Caller.teacher("cs124").nameOf(ada, "m1")).isEqualTo("ada~m1");
        assertThat(Caller.LOCAL.nameOf(ada, "m1")).isEqualTo("cs124~ada~m1");
        assertThat(Caller.LOCAL.nameOf(new Owner("cs124", null), "m1")).isEqualTo("cs124~m1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"~m1", "A~m1", "..~m1", "a/b~m1", "a~b~c~m1", "~", "~~", "cs124~~m1"})
    void whatIsNoNameMeansNothing(String name) {
        assertThat(CALLERS).allMatch(caller -> caller.named(name) == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", ".a", "a~b", "a/b", "..", "a\n"})
    void noOwnerIsCalledSo(String name) {
        assertThatThrownBy(() -> new Owner(name, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Owner("cs124", name))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCallerNarrowsWhatItSees() {
        Owner adas = new Owner("cs124", "ada");
        Owner others = new Owner("cs125", "ada");
        Caller teacher = Caller.teacher("cs124").narrowedTo("ada").orElseThrow();
        assertThat(teacher.sees(adas)).isTrue();
        assertThat(teacher.sees(new Owner("cs124", "bob"))).isFalse();
        assertThat(teacher.sees(others)).isFalse();
        assertThat(Caller.student("cs124", "ada").narrowedTo("ada")).isPresent();
        assertThat(Caller.student("cs124", "ada").narrowedTo("bob")).isEmpty();
        assertThat(Caller.teacher("cs124").narrowedTo("cs125~ada")).isEmpty();
        Caller all = Caller.admin("local").narrowedTo("cs124").orElseThrow();
        assertThat(all.sees(adas)).isTrue();
        assertThat(all.sees(others)).isFalse();
        Caller one = Caller.admin("local").narrowedTo("cs125~ada").orElseThrow();
        assertThat(one.sees(others)).isTrue();
        assertThat(one.sees(new Owner("cs125", null))).isFalse();
        assertThatThrownBy(() -> Caller.teacher("cs124").narrowedTo("~"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

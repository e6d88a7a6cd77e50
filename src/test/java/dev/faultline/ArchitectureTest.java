package dev.faultline;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

import java.util.List;

/** Do the walls of the house stand? */
@Tag("slow")
class ArchitectureTest {

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.faultline");

    @Test
    void modulesKeepToTheirInterfaces() {
        ApplicationModules.of(FaultlineApplication.class).verify();
    }

    @Test
    void theMachineIsPlainJava() {
        classes()
                .that()
                .resideInAPackage("dev.faultline.machine..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.faultline.machine..",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "java.io",
                        "java.nio",
                        "java.nio.charset",
                        "java.security",
                        "org.jspecify.annotations")
                .because("it can be lifted out, and is the same everywhere and always")
                .check(MAIN);
    }

    @Test
    void theMachineHasNoChanceAndNoClock() {
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.machine..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.HashMap")
                .because("the same commands give the same digest")
                .check(MAIN);
    }

    @Test
    void noPackagesGoRoundInACircle() {
        slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(MAIN);
    }

    /** Each package is a slice, and so are its sub-packages. */
    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    /** presets → machine → tables → hardware → protocol → spec → replacement → fields, state. */
    @Test
    void roomsOfTheMachineKnowOnlyThoseBelow() {
        List<String> rooms =
                List.of(
                        "presets",
                        "",
                        "tables",
                        "hardware",
                        "protocol",
                        "spec",
                        "replacement",
                        "fields",
                        "state");
        for (int at = 0; at < rooms.size(); at++) {
            String[] above = rooms.subList(0, at).stream().map(this::room).toArray(String[]::new);
            if (at > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(room(rooms.get(at)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(above)
                        .check(MAIN);
            }
        }
    }

    private String room(String name) {
        return "dev.faultline.machine" + (name.isEmpty() ? "" : "." + name);
    }

    @Test
    void theMannersOfHttpKnowNoFeature() {
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.api.web")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.faultline.api..")
                                .and(
                                        not(
                                                resideInAnyPackage(
                                                        "dev.faultline.api.web",
                                                        "dev.faultline.api.connections"))))
                .check(MAIN);
    }

    @Test
    void arrowsPointDownwards() {
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.hosting..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.faultline.api..", "dev.faultline.telemetry..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.analysis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.faultline.api..",
                        "dev.faultline.hosting..",
                        "dev.faultline.telemetry..",
                        "org.springframework..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.history..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.faultline.api..",
                        "dev.faultline.analysis..",
                        "dev.faultline.hosting..",
                        "dev.faultline.telemetry..",
                        "org.springframework..")
                .check(MAIN);
        classes()
                .that()
                .resideInAPackage("dev.faultline.owners..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.faultline.owners..", "java..", "org.jspecify..")
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.trace..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.faultline.api..",
                        "dev.faultline.hosting..",
                        "dev.faultline.telemetry..",
                        "org.springframework..")
                .check(MAIN);
    }

    /** The document that is read says nothing of the classes that it becomes. */
    @Test
    void noBodyNamesAClass() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.fasterxml.jackson.annotation.JsonTypeInfo")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("tools.jackson.databind.jsontype..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(MAIN);
    }

    /** What a request names is looked for in the server's own tables, never on the disk. */
    @Test
    void noNameInARequestIsAPath() {
        noClasses()
                .that()
                .resideInAPackage("dev.faultline.api..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.file..")
                .check(MAIN);
    }
}

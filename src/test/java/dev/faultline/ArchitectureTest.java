package dev.faultline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

/** Do the walls of the house stand? */
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
    void theHardwareKnowsNoKernel() {
        noClasses()
                .that()
                .haveNameMatching(
                        "dev\\.faultline\\.machine\\.(Mmu|Tlb|.*PageTable|PageStore|PhysicalMemory"
                                + "|BackingStore|PageBytes|Pte)")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.faultline\\.machine\\.(Kernel|FaultHandler|Reclaim|FrameTable"
                                + "|SwapSpace|Task|AddressSpace|MemoryArea|Books|Counters)")
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
}

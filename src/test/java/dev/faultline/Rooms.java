package dev.faultline;

import org.springframework.modulith.core.ApplicationModuleDetectionStrategy;
import org.springframework.modulith.core.ApplicationModuleInformation;
import org.springframework.modulith.core.JavaPackage;
import org.springframework.modulith.core.NamedInterfaces;

import java.util.stream.Stream;

/**
 * Which rooms of a module others may enter. It is said here and not in the modules themselves,
 * since the machine is plain Java and knows nothing of Spring.
 */
public final class Rooms implements ApplicationModuleDetectionStrategy {

    @Override
    public Stream<JavaPackage> getModuleBasePackages(JavaPackage root) {
        return root.getDirectSubPackages().stream();
    }

    @Override
    public NamedInterfaces detectNamedInterfaces(
            JavaPackage module, ApplicationModuleInformation information) {
        return module.getLocalName().equals("machine")
                ? NamedInterfaces.builder(module)
                        .matching("spec", "fields", "protocol", "presets", "state")
                        .build()
                : NamedInterfaces.of(module, information);
    }
}

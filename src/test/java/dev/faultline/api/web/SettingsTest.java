package dev.faultline.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.hosting.HostingSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Is every setting described, with its default? */
class SettingsTest {

    static Stream<Class<?>> settings() {
        ClassPathScanningCandidateComponentProvider scanner =
                new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        return scanner.findCandidateComponents("dev.faultline").stream()
                .map(found -> String.valueOf(found.getBeanClassName()))
                .map(name -> ClassUtils.resolveClassName(name, null));
    }

    @Test
    void allSettingsAreFound() {
        assertThat(settings()).contains(ApiSettings.class, HostingSettings.class);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void everySettingIsDescribed(Class<?> settings) throws IOException {
        String page = Files.readString(Path.of("docs/settings.md"));
        check(page, settings.getAnnotation(ConfigurationProperties.class).value(), settings);
    }

    private static void check(String page, String prefix, Class<?> settings) {
        for (RecordComponent setting : settings.getRecordComponents()) {
            String name =
                    setting.getName()
                            .replaceAll("([A-Z])", "-$1")
                            .toLowerCase(java.util.Locale.ROOT);
            if (setting.getType().getEnclosingClass() == settings) {
                check(page, prefix + "." + name, setting.getType());
                continue;
            }
            String value =
                    setting.getAnnotation(DefaultValue.class) == null
                            ? constructorDefault(settings, setting.getName())
                            : String.join(",", setting.getAnnotation(DefaultValue.class).value());
            assertThat(page).contains("| `" + prefix + "." + name + "` | " + value);
        }
    }

    private static String constructorDefault(Class<?> settings, String name) {
        for (var parameter : settings.getDeclaredConstructors()[0].getParameters()) {
            if (parameter.getName().equals(name)) {
                return String.join(",", parameter.getAnnotation(DefaultValue.class).value());
            }
        }
        throw new IllegalStateException(name);
    }
}

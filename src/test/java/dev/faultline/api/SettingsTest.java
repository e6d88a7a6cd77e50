package dev.faultline.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.api.connections.ConnectionSettings;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.OperationSettings;
import dev.faultline.hosting.TraceSettings;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;

/** Is every setting described, with its default? */
class SettingsTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                HostingSettings.class,
                ApiSettings.class,
                TraceSettings.class,
                OperationSettings.class,
                ConnectionSettings.class
            })
    void everySettingIsDescribed(Class<?> settings) throws IOException {
        String page = Files.readString(Path.of("docs/settings.md"));
        String prefix = settings.getAnnotation(ConfigurationProperties.class).value();
        for (RecordComponent setting : settings.getRecordComponents()) {
            String name =
                    setting.getName()
                            .replaceAll("([A-Z])", "-$1")
                            .toLowerCase(java.util.Locale.ROOT);
            String value =
                    setting.getAnnotation(DefaultValue.class) == null
                            ? constructorDefault(settings, setting.getName())
                            : setting.getAnnotation(DefaultValue.class).value()[0];
            assertThat(page).contains("| `" + prefix + "." + name + "` | " + value);
        }
    }

    private static String constructorDefault(Class<?> settings, String name) {
        for (var parameter : settings.getDeclaredConstructors()[0].getParameters()) {
            if (parameter.getName().equals(name)) {
                return parameter.getAnnotation(DefaultValue.class).value()[0];
            }
        }
        throw new IllegalStateException(name);
    }
}

package dev.faultline.api.document;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Describes what is described nowhere else, by its name: a name means the same in all requests and
 * answers. The words are those of {@code openapi/glossary.yaml}.
 */
final class Glossary {

    private final Map<String, String> fields;
    private final Map<String, String> parameters;

    private Glossary(Map<String, Map<String, String>> words) {
        fields = words.getOrDefault("fields", Map.of());
        parameters = words.getOrDefault("parameters", Map.of());
    }

    /** The words that belong to this service. */
    static Glossary read() {
        SafeConstructor plain = new SafeConstructor(new LoaderOptions());
        try (InputStream text = new ClassPathResource("openapi/glossary.yaml").getInputStream()) {
            return new Glossary(new Yaml(plain).load(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes every property and parameter that has no description of its own. */
    void describe(OpenAPI document) {
        document.getComponents().getSchemas().forEach(this::describeProperties);
        document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .filter(operation -> operation.getParameters() != null)
                .flatMap(operation -> operation.getParameters().stream())
                .forEach(this::describe);
    }

    @SuppressWarnings("rawtypes") // the document's model is raw
    private void describeProperties(String name, Schema<?> schema) {
        Map<String, Schema> properties = schema.getProperties();
        if (properties != null) {
            properties.forEach((property, type) -> describe(name, property, type));
        }
    }

    private void describe(String schema, String property, Schema<?> type) {
        if (!isDescribed(type.getDescription())) {
            String own = schema + "." + property;
            type.setDescription(fields.getOrDefault(own, fields.get(property)));
        }
    }

    private void describe(Parameter parameter) {
        if (!isDescribed(parameter.getDescription())) {
            parameter.setDescription(parameters.get(parameter.getName()));
        }
    }

    private static boolean isDescribed(@Nullable String description) {
        return description != null && !description.isBlank();
    }
}

package dev.faultline.api.document;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Shows for each operation what was really asked and answered. The examples of {@code
 * openapi/examples.json} are written by the test that carries them out, never by hand.
 */
final class Examples {

    /**
     * An example that was carried out.
     *
     * @param name what it shows, in a word or two
     * @param parameters the values of the parameters that were given
     * @param type the media type of the request's body, or null if there was none
     * @param body what was sent, or null
     * @param answerType the media type of the answer, or null if it was empty
     * @param answer what was answered, or null
     */
    record Played(
            String name,
            Map<String, Object> parameters,
            @Nullable String type,
            @Nullable Object body,
            int status,
            @Nullable String answerType,
            @Nullable Object answer) {}

    private final Map<String, List<Played>> played;

    private Examples(Map<String, List<Played>> played) {
        this.played = played;
    }

    /** The examples that belong to this service. */
    static Examples read() {
        try (InputStream text = new ClassPathResource("openapi/examples.json").getInputStream()) {
            return new Examples(
                    JsonMapper.shared()
                            .readValue(text, new TypeReference<Map<String, List<Played>>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the examples to a document. */
    void show(OpenAPI document) {
        document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .forEach(
                        operation -> {
                            List<Played> own = played.get(operation.getOperationId());
                            if (own != null) {
                                show(operation, own);
                            }
                        });
    }

    private static void show(Operation operation, List<Played> examples) {
        Map<String, Object> first = examples.getFirst().parameters();
        if (operation.getParameters() != null) {
            for (Parameter parameter : operation.getParameters()) {
                if (first.containsKey(parameter.getName())) {
                    parameter.setExample(first.get(parameter.getName()));
                }
            }
        }
        for (Played each : examples) {
            if (each.type() != null && operation.getRequestBody() != null) {
                boolean alone = count(examples, Played::type, each) == 1;
                Content bodies = operation.getRequestBody().getContent();
                add(bodies, each.type(), each.name(), each.body(), alone);
            }
            if (each.answerType() != null) {
                boolean alone = count(examples, Examples::answer, each) == 1;
                String status = String.valueOf(each.status());
                ApiResponse answer = Objects.requireNonNull(operation.getResponses().get(status));
                add(answer.getContent(), each.answerType(), each.name(), each.answer(), alone);
            }
        }
    }

    /** The number of examples that stand in the same place as one. */
    private static long count(
            List<Played> examples, Function<Played, @Nullable String> place, Played one) {
        return examples.stream()
                .filter(each -> Objects.equals(place.apply(each), place.apply(one)))
                .count();
    }

    private static String answer(Played example) {
        return example.status() + " " + example.answerType();
    }

    private static void add(
            Content content, String type, String name, @Nullable Object value, boolean alone) {
        MediaType media = content.get(type);
        if (media == null) {
            throw new IllegalStateException("Examples: no " + type + " is documented");
        }
        if (alone) {
            media.setExample(value);
        } else {
            media.addExamples(name, new Example().value(value));
        }
    }
}

package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;
import dev.faultline.testing.RandomSpecs;
import dev.faultline.testing.SpecJson;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Bodies of requests: JSON by its schema, everything else as the document's examples show it. */
final class Bodies {

    private static final String NDJSON = "application/x-ndjson";

    private final Contract contract;
    private final SplittableRandom random;
    private final ValidValues values;
    private final Hints hints;
    private final Damage damage;

    Bodies(Contract contract, SplittableRandom random, Hints hints) {
        this.contract = contract;
        this.random = random;
        this.hints = hints;
        values = new ValidValues(contract, random, hints);
        damage = new Damage(contract, random);
    }

    ValidValues values() {
        return values;
    }

    /** Gives a request a body that the document allows. */
    Call valid(Call call, Operation operation, Aim aim) {
        Map<String, JsonNode> bodies = operation.bodies();
        if (bodies.isEmpty() || !operation.needsBody() && random.nextInt(8) == 0) {
            return call;
        }
        List<String> types = new ArrayList<>(bodies.keySet());
        if (!aim.equals(Aim.PLAIN)) { // which the examples of text are not about
            types.removeIf(each -> each.startsWith("text/"));
        }
        boolean plain = bodies.containsKey(Contract.JSON) && random.nextInt(3) > 0;
        String type = plain ? Contract.JSON : types.get(random.nextInt(types.size()));
        JsonNode media = Objects.requireNonNull(bodies.get(type));
        String body =
                switch (type) {
                    case Contract.JSON -> json(operation, media, aim).toString();
                    case NDJSON -> lines(media.path("schema"), aim);
                    default -> other(media);
                };
        return call.with("Content-Type: " + type).body(body);
    }

    /** Gives a request a body as the document's first media type shows it. */
    Call example(Call call, Operation operation) {
        Map.Entry<String, JsonNode> media = operation.bodies().entrySet().iterator().next();
        JsonNode example = example(media.getValue());
        String body = example.isString() ? example.asString() : example.toString();
        return call.with("Content-Type: " + media.getKey()).body(body);
    }

    private JsonNode json(Operation operation, JsonNode media, Aim aim) {
        JsonNode schema = media.path("schema");
        if (random.nextInt(3) == 0 && aim.equals(Aim.PLAIN)) {
            return named(example(media), schema);
        }
        JsonNode body = Coherence.in(values.of(schema, "", aim), operation.id(), aim);
        if (operation.id().equals("createMachine")) {
            return machine((ObjectNode) body);
        }
        return body;
    }

    /** An example, with an id of this world and not the document's. */
    private JsonNode named(JsonNode example, JsonNode schema) {
        JsonNode copy = example.deepCopy();
        if (copy instanceof ObjectNode object) {
            for (String name : List.of("id", "tenant", "student")) {
                JsonNode other = hints.of(name, Aim.PLAIN);
                if (object.has(name)
                        && other != null
                        && contract.isValid(
                                contract.resolved(schema).at("/properties/" + name), other)) {
                    object.set(name, other);
                }
            }
        }
        return copy;
    }

    /** A machine that can be: a random spec, and what specs have beside it. */
    private JsonNode machine(ObjectNode body) {
        ObjectNode spec =
                SpecJson.of(
                        new RandomSpecs(random).without(RandomSpecs.Feature.TIGHT_LIMITS).next());
        ObjectNode machine = random.nextInt(3) == 0 ? spec : Answer.MAPPER.createObjectNode();
        body.properties().stream()
                .filter(each -> !spec.has(each.getKey()) && !each.getKey().equals("preset"))
                .forEach(each -> machine.set(each.getKey(), each.getValue()));
        return machine;
    }

    private String lines(JsonNode schema, Aim aim) {
        StringBuilder lines = new StringBuilder();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            lines.append(Coherence.in(values.of(schema, "", aim), "", aim)).append('\n');
        }
        return lines.toString();
    }

    /** Text as an example shows it; bytes that are a read of page 1. */
    private String other(JsonNode media) {
        boolean isBinary = media.at("/schema/format").asString("").equals("binary");
        boolean shown = media.has("example") || media.has("examples");
        return isBinary && !shown ? "\0\u0010\0\0\0\0\0\0" : example(media).asString();
    }

    /** One of a media type's examples. */
    private JsonNode example(JsonNode media) {
        if (media.has("example")) {
            return media.get("example");
        }
        List<JsonNode> examples = new ArrayList<>();
        media.path("examples")
                .properties()
                .forEach(each -> examples.add(each.getValue().path("value")));
        if (examples.isEmpty()) {
            throw new IllegalStateException("a media type without an example: " + media);
        }
        return examples.get(random.nextInt(examples.size()));
    }

    /** A request with a body that the document does not allow; null if none was found. */
    @Nullable Call invalid(Call call, Operation operation, Aim aim) {
        JsonNode media = operation.bodies().get(Contract.JSON);
        if (media == null) {
            return null;
        }
        JsonNode schema = media.path("schema");
        String spoiled = damage.of(schema, json(operation, media, aim));
        return spoiled == null ? null : call.with("Content-Type: " + Contract.JSON).body(spoiled);
    }

    /** Where a body can name a stored trace; null if nowhere. */
    @Nullable String withTrace(Operation operation, String trace) {
        return switch (operation.id()) {
            case "sweep" -> "{\"trace\":\"" + trace + "\"}";
            case "createProcess" -> "{\"program\":{\"trace\":\"" + trace + "\"}}";
            default -> null;
        };
    }
}

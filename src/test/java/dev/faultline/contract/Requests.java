package dev.faultline.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.contract.Contract.Operation;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Requests of operations that the document allows, at things of a world. */
final class Requests {

    private final SplittableRandom random;
    private final World world;
    private final Hints hints;
    private final Bodies bodies;

    Requests(SplittableRandom random, World world) {
        this.random = random;
        this.world = world;
        hints = new Hints(random, world.token());
        bodies = new Bodies(world.contract(), random, hints);
    }

    Bodies bodies() {
        return bodies;
    }

    /** What a request is about: the path of something that its caller sees, where there is one. */
    record Target(String path, Aim aim) {}

    /** At one of the things that a caller sees. */
    Target target(Party as, Operation operation) {
        String name = operation.thing();
        Thing thing = name == null ? null : oneOf(world.belongings().seen(as, name + "s"));
        return thing == null
                ? new Target(path(operation, null, Aim.PLAIN), Aim.PLAIN)
                : target(operation, thing, thing.nameFor(as, world.token()));
    }

    /** At a thing by a name, whoever it belongs to. */
    Target target(Operation operation, Thing thing, String named) {
        Aim aim = thing.collection().equals("machines") ? Aim.at(thing) : Aim.PLAIN;
        aim = operation.template().contains("/kernel/") ? aim.onOnePage() : aim;
        return new Target(path(operation, named, aim), aim);
    }

    private String path(Operation operation, @Nullable String first, Aim aim) {
        String path = operation.template();
        for (JsonNode parameter : operation.parameters("path")) {
            String name = parameter.path("name").asString();
            boolean isFirst = name.equals(operation.thing());
            String value =
                    isFirst && first != null ? first : bodies.values().parameter(parameter, aim);
            path = path.replace("{" + name + "}", value);
        }
        return path;
    }

    /**
     * The least of a request that the document allows: what must be there, as an example has it.
     */
    Call plain(Operation operation, Target target) {
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.parameters("query")) {
            if (parameter.path("required").asBoolean(false)) {
                append(query, parameter, target.aim());
            }
        }
        Call call = new Call(operation.method(), target.path() + query, List.of(), null);
        return operation.needsBody() ? bodies.example(call, operation) : call;
    }

    /** A request that the document allows. */
    Call valid(Operation operation, Target target) {
        Call call =
                new Call(
                        operation.method(),
                        target.path() + query(operation, target.aim()),
                        List.of(),
                        null);
        for (JsonNode header : operation.parameters("header")) {
            String name = header.path("name").asString();
            String value = random.nextInt(5) == 0 ? hints.header(name) : null;
            call = value == null ? call : call.with(name + ": " + value);
        }
        List<String> types = new ArrayList<>(operation.answers());
        types.remove("text/event-stream"); // which does not end
        if (!types.isEmpty() && random.nextInt(3) == 0) {
            call = call.with("Accept: " + types.get(random.nextInt(types.size())));
        }
        return bodies.valid(call, operation, target.aim());
    }

    private String query(Operation operation, Aim aim) {
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.parameters("query")) {
            String name = parameter.path("name").asString();
            boolean meant = parameter.path("required").asBoolean(false) || random.nextInt(4) == 0;
            if (meant && !name.equals("cursor")) { // a cursor comes from an answer
                append(query, parameter, aim);
            }
        }
        return query.toString();
    }

    private void append(StringBuilder query, JsonNode parameter, Aim aim) {
        String value = bodies.values().parameter(parameter, aim);
        query.append(query.isEmpty() ? '?' : '&').append(parameter.path("name").asString());
        query.append('=').append(URLEncoder.encode(value, UTF_8));
    }

    private @Nullable Thing oneOf(List<Thing> things) {
        return things.isEmpty() ? null : things.get(random.nextInt(things.size()));
    }
}

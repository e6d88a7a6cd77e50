package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws the steps of a session: every operation by every party, in every way. */
final class Play {

    private static final Party[] PARTIES = {
        Party.ADA,
        Party.ADA,
        Party.ADA,
        Party.BOB,
        Party.BOB,
        Party.TEACHER,
        Party.TEACHER,
        Party.TEACHER,
        Party.EVE,
        Party.EVE,
        Party.STRANGER,
        Party.ADMIN,
        Party.ADMIN,
        Party.METRICS,
        Party.ALL_METRICS,
        Party.NOBODY
    };

    private static final String[] ODD_NAMES = {
        "UPPER",
        "%2e",
        "%2e%2e",
        "~",
        "a~",
        "~a",
        "a~b~c~d",
        "%00",
        "a%2Fb",
        "%7e",
        "-1",
        "0x",
        "1.5",
        "x".repeat(300),
        "%C3%A4",
        "*"
    };

    private final SplittableRandom random;
    private final World world;
    private final Contract contract;
    private final Bodies bodies;
    private final Requests requests;
    private final List<Operation> operations;

    Play(SplittableRandom random, World world) {
        this.random = random;
        this.world = world;
        contract = world.contract();
        requests = new Requests(random, world);
        bodies = requests.bodies();
        operations = contract.operations();
    }

    /** The next step; what it is depends on what is there. */
    Step next() {
        while (true) {
            Operation operation = operations.get(random.nextInt(operations.size()));
            Step step = draw(PARTIES[random.nextInt(PARTIES.length)], operation);
            if (step != null) {
                return step;
            }
        }
    }

    private @Nullable Step draw(Party as, Operation operation) {
        if (as == Party.ADMIN
                && operation.template().startsWith("/v1/traces")
                && !operation.isRead()) {
            return null; // an admin's reach is every world's
        }
        if (operation.id().equals("sweep") && as.works() && !as.isStudent()) {
            return hidden(
                    as, operation); // whose stored pages would be no more than perhaps its own
        }
        Requests.Target target = requests.target(as, operation);
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> invalidBody(as, operation, target);
            case 3 -> invalidPath(as, operation, target);
            case 4, 5 -> invalidQuery(as, operation, target);
            case 6, 7, 8, 9 -> hidden(as, operation);
            case 10 -> wrongMethod(as, operation, target);
            case 11 -> wrongType(as, operation, target);
            case 12 -> heads(as, operation, target);
            case 13 -> twice(as, operation, target);
            case 14 -> cursor(as, operation, target);
            default -> new Step.Valid(as, operation, requests.valid(operation, target));
        };
    }

    private @Nullable Step invalidBody(Party as, Operation operation, Requests.Target target) {
        Call call = bodies.invalid(requests.valid(operation, target), operation, target.aim());
        return call == null ? null : new Step.Invalid(as, operation, call, "its body");
    }

    private @Nullable Step invalidPath(Party as, Operation operation, Requests.Target target) {
        List<JsonNode> parameters = operation.parameters("path");
        if (parameters.isEmpty()) {
            return null;
        }
        JsonNode parameter = parameters.get(random.nextInt(parameters.size()));
        String name = parameter.path("name").asString();
        String value = ODD_NAMES[random.nextInt(ODD_NAMES.length)];
        String[] segments = operation.template().split("/", -1);
        String[] filled = target.path().split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals("{" + name + "}")) {
                filled[i] = value;
            }
        }
        Requests.Target odd = new Requests.Target(String.join("/", filled), target.aim());
        return OddPaths.mayBe(name, odd.path())
                        || OddPaths.isBounded(parameter)
                                && OddPaths.isValid(contract, parameter.path("schema"), value)
                ? null
                : new Step.Invalid(as, operation, requests.valid(operation, odd), "its " + name);
    }

    private Step invalidQuery(Party as, Operation operation, Requests.Target target) {
        List<JsonNode> parameters = operation.parameters("query");
        Call call = requests.valid(operation, target);
        String path = call.path().replaceFirst("\\?.*", "");
        if (parameters.isEmpty() || random.nextInt(3) == 0) {
            String more = (call.path().contains("?") ? "&" : "?") + "surplus=1";
            return new Step.Invalid(
                    as, operation, call.path(call.path() + more), "a parameter more");
        }
        JsonNode parameter = parameters.get(random.nextInt(parameters.size()));
        String name = parameter.path("name").asString();
        String odd = OddPaths.value(contract, parameter.path("schema"), random);
        if (odd == null) {
            return new Step.Invalid(
                    as,
                    operation,
                    call.path(path + "?" + name + "=1&" + name + "=1"),
                    "twice " + name);
        }
        return new Step.Invalid(
                as, operation, call.path(path + "?" + name + "=" + odd), "its " + name);
    }

    /** A thing of another in the path, or in the body where one can be named there. */
    private @Nullable Step hidden(Party as, Operation operation) {
        boolean inBody = bodies.withTrace(operation, "") != null;
        String collection = inBody ? "traces" : operation.thing() + "s";
        Thing thing = oneOf(world.belongings().hidden(as, collection));
        if (thing == null || as == Party.NOBODY) {
            return null;
        }
        String name = inBody ? thing.symbol() : odd(as, thing);
        if (collection.equals("machines") && isOwn(as, name)) {
            return null;
        }
        Requests.Target target =
                inBody ? requests.target(as, operation) : requests.target(operation, thing, name);
        Call call = requests.valid(operation, target);
        if (inBody) {
            call =
                    call.with("Content-Type: " + Contract.JSON)
                            .body(bodies.withTrace(operation, name));
        }
        String twin = Twins.of(world.resolved(name), random);
        return new Step.Hidden(as, operation, call, thing.owner(), thing, name, twin);
    }

    /** One of the names by which a caller may try to reach what is not its own. */
    private String odd(Party as, Thing thing) {
        if (!thing.collection().equals("machines")) {
            return thing.symbol();
        }
        String token = world.token();
        String ofTeacher = Party.TEACHER.nameOf(thing.owner(), token, thing.symbol());
        return switch (random.nextInt(4)) {
            case 0 -> thing.symbol();
            case 1 -> Party.ADMIN.nameOf(thing.owner(), token, thing.symbol());
            case 2 -> ofTeacher.replace("~", "%7E");
            default -> as.nameOf(thing.owner(), token, thing.symbol());
        };
    }

    private boolean isOwn(Party as, String name) {
        return world.belongings().named(as, "machines", world.resolved(name).replace("%7E", "~"))
                != null;
    }

    private @Nullable Step wrongMethod(Party as, Operation operation, Requests.Target target) {
        List<String> others = new ArrayList<>(List.of("GET", "PUT", "POST", "PATCH", "DELETE"));
        others.removeAll(contract.methods(operation.template()));
        if (others.isEmpty()) {
            return null;
        }
        String method = others.get(random.nextInt(others.size()));
        return new Step.WrongMethod(
                as, operation, new Call(method, target.path(), List.of(), null));
    }

    private @Nullable Step wrongType(Party as, Operation operation, Requests.Target target) {
        Call call = requests.valid(operation, target);
        if (!operation.bodies().isEmpty() && random.nextBoolean()) {
            Call yaml = call.with("Content-Type: application/yaml").body("surplus: 1\n");
            return new Step.WrongType(as, operation, yaml, 415);
        }
        Call yaml = call.with("Accept: application/yaml");
        return operation.answers().isEmpty() ? null : new Step.WrongType(as, operation, yaml, 406);
    }

    private @Nullable Step heads(Party as, Operation operation, Requests.Target target) {
        return operation.isRead()
                ? new Step.Heads(as, operation, requests.valid(operation, target))
                : null;
    }

    private @Nullable Step twice(Party as, Operation operation, Requests.Target target) {
        boolean can =
                operation.parameters("header").stream()
                        .anyMatch(each -> each.path("name").asString().equals("Idempotency-Key"));
        Party other = Party.OWNERS[random.nextInt(Party.OWNERS.length)];
        boolean stores = operation.id().equals("sweep") && !other.isStudent();
        if (!can || stores || other == as || as == Party.NOBODY) {
            return null;
        }
        Call call =
                requests.valid(operation, target)
                        .with("Idempotency-Key: twice-" + random.nextInt(1 << 30));
        return new Step.Twice(as, other, operation, call);
    }

    private @Nullable Step cursor(Party as, Operation operation, Requests.Target target) {
        boolean can =
                operation.parameters("query").stream()
                        .anyMatch(each -> each.path("name").asString().equals("cursor"));
        Party other = PARTIES[random.nextInt(PARTIES.length)];
        if (!can || operation.id().equals("diffVersions")) {
            return null;
        }
        Call call = Call.get(target.path() + "?limit=1");
        return new Step.Cursor(as, operation.thing() == null ? other : as, operation, call);
    }

    private <T> @Nullable T oneOf(List<T> things) {
        return things.isEmpty() ? null : things.get(random.nextInt(things.size()));
    }
}

package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must follow from a valid request, and what is learned from its answer. */
final class Outcome {

    /** Why valid data may be refused: not now, not for this caller, or not there. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 409, 412, 429);

    private static final Pattern THING = Pattern.compile("/v1/([a-z]+)/([^/?]+)");

    /** In which collection a reason says that something is missing. */
    private static final Map<String, String> MISSING =
            Map.of("NO_SUCH_MACHINE", "machines", "NO_SUCH_TRACE", "traces", "NO_SUCH_KEY", "keys");

    private final World world;
    private final Party as;
    private final Operation operation;
    private final Call call;

    /**
     * @param call with the ids that the server made
     */
    Outcome(World world, Party as, Operation operation, Call call) {
        this.world = world;
        this.as = as;
        this.operation = operation;
        this.call = call;
    }

    /** Demands that valid data is taken, or refused for a cause that lies outside of it. */
    void demandCarriedOut(Answer answer) {
        int status = answer.status();
        if (status < 400) {
            demandMade(answer);
            demandGone(answer);
        } else if (!REFUSALS.contains(status)
                && !Excuses.isExcused(world, operation, call, answer)) {
            throw new Broken(
                    "valid data is not refused with " + status + " by " + operation.id(),
                    call.curl() + " → " + answer);
        } else if (status == 401 && as != Party.NOBODY) {
            throw new Broken("a key is known", answer.toString());
        } else if (status == 404) {
            demandMissing(answer);
        } else if (status == 409) {
            demandTaken(answer);
        }
    }

    /** What is the caller's, or seen by it, is found. */
    private void demandMissing(Answer answer) {
        Matcher path = THING.matcher(call.path());
        if (!path.lookingAt() || path.group(1).equals("operations")) {
            return; // only some finished operations are remembered
        }
        String reason = answer.json().path("reason").asString();
        boolean missed = path.group(1).equals(MISSING.get(reason));
        if (missed && world.belongings().named(as, path.group(1), path.group(2)) != null) {
            throw new Broken("what is there is found", as + ": " + answer);
        }
    }

    /** An id is taken if its owner has it, whoever else does. */
    private void demandTaken(Answer answer) {
        if (!answer.json().path("reason").asString().equals("MACHINE_EXISTS")) {
            return;
        }
        String id = wishedId();
        boolean has =
                List.of(Party.values()).stream()
                        .anyMatch(
                                party ->
                                        as.sees(party)
                                                && id != null
                                                && world.belongings().owns(party, "machines", id));
        if (!has) {
            throw new Broken("ids are taken by their owner alone", answer.toString());
        }
    }

    private @Nullable String wishedId() {
        if (call.isJson() && call.body() != null) {
            return Answer.MAPPER.readTree(call.body()).path("id").asString(null);
        }
        Matcher query = Pattern.compile("[?&]id=([a-z0-9-]+)").matcher(call.path());
        return query.find() ? query.group(1) : null;
    }

    /** A trace is new to an owner that does not have it, whoever else does. */
    private void demandNewToOwner(Answer answer) {
        boolean had = world.belongings().owns(as, "traces", answer.json().get("id").asString());
        if (had != (answer.status() == 200) && answer.header("Idempotency-Replayed") == null) {
            throw new Broken("what is new to its owner is 201", as + ": " + answer);
        }
    }

    /** Remembers what was made. */
    void learn(Answer answer) {
        if (operation.id().equals("sweep") && as.isStudent()) {
            learnStored();
        }
        String location = answer.header("Location");
        if (answer.status() >= 300 || as == Party.NOBODY) {
            return;
        }
        if (operation.toString().equals("POST /v1/traces")) {
            demandNewToOwner(answer);
            remember("traces", answer.json());
        } else if (location != null) {
            Matcher path = THING.matcher(location);
            if (path.matches()) {
                remember(path.group(1), answer.json());
            }
        }
        if (operation.method().equals("DELETE")) {
            forget();
        }
    }

    /** A sweep stores the pages that it is given. */
    private void learnStored() {
        Answer list = world.send(as, Call.get("/v1/traces?limit=1000"));
        if (list.status() == 200) {
            for (JsonNode each : list.json().get("traces")) {
                if (!world.belongings().owns(as, "traces", each.get("id").asString())) {
                    remember("traces", each);
                }
            }
        }
    }

    private void remember(String collection, JsonNode shown) {
        if (!shown.has("id")) {
            return;
        }
        String id = shown.get("id").asString();
        Party owner = owner(collection, shown);
        world.belongings().add(new Thing(collection, owner, world.symbolFor(id), id, shown));
    }

    private Party owner(String collection, JsonNode shown) {
        if (collection.equals("keys")) {
            return shown.path("tenant").asString("").equals(Party.ADA.tenant(world.token()))
                    ? Party.TEACHER
                    : shown.path("tenant").asString("").equals(Party.EVE.tenant(world.token()))
                            ? Party.STRANGER
                            : Party.ADMIN;
        }
        return world.belongings().ownerOf(shown, as);
    }

    private void forget() {
        Matcher path = THING.matcher(call.path());
        if (path.lookingAt() && !call.path().substring(path.end()).startsWith("/")) {
            Thing thing = world.belongings().named(as, path.group(1), path.group(2));
            if (thing != null) {
                world.belongings().remove(as, thing);
            }
        }
    }

    /** What was made is where the answer says. */
    private void demandMade(Answer answer) {
        String location = answer.header("Location");
        if (answer.status() == 201 && location != null) {
            Answer found = world.send(as, Call.get(location));
            if (found.status() != 200 && found.status() != 405 && found.status() != 429) {
                throw new Broken(
                        "what was made is there", location + " of " + answer + ": " + found);
            }
        }
    }

    /** What was deleted is not there any more. */
    private void demandGone(Answer answer) {
        String path = call.path().replaceFirst("\\?.*", "");
        boolean whole = path.equals(call.path()); // and not a part, such as a stretch of an area
        if (answer.status() == 204
                && operation.method().equals("DELETE")
                && whole
                && world.contract().has("GET", operation.template())) {
            Answer found = world.send(as, Call.get(path));
            if (found.status() != 404 && found.status() != 429) {
                throw new Broken("what was deleted is gone", found.toString());
            }
        }
    }
}

package dev.faultline.contract;

import dev.faultline.http.Answer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Gives a world's parties their keys, and takes all away in the end. */
final class Keys {

    private static final String TENANT = "/v1/tenants/{tenant}";

    private static final String GENEROUS =
            "{\"limits\":{\"machines\":1000,\"operations\":1000,\"requestsPerMinute\":1000000}}";

    private final World world;

    Keys(World world) {
        this.world = world;
    }

    void giveOut(Map<Party, String> secrets) {
        if (world.contract().has("PUT", TENANT)) {
            beGenerous(Party.ADA);
            beGenerous(Party.EVE);
        }
        for (Party party : Party.values()) {
            if (party.isKnown() && party != Party.ADMIN) {
                Answer made = world.send(Party.ADMIN, Call.json("POST", "/v1/keys", wish(party)));
                demand(made, 201);
                secrets.put(party, made.json().get("secret").asString());
                world.belongings().addKey(party, made.json().get("id").asString());
            }
        }
    }

    /** Gives a class limits that no session reaches, since there are as many as of clients. */
    private void beGenerous(Party of) {
        String tenant = "/v1/tenants/" + of.tenant(world.token());
        Answer made = world.send(Party.ADMIN, Call.json("PUT", tenant, GENEROUS));
        if (made.status() >= 300) {
            throw new Broken("a world can be set up and cleared", made.toString());
        }
    }

    private String wish(Party party) {
        String role = Objects.requireNonNull(party.role()).name().toLowerCase(Locale.ROOT);
        ObjectNode wish = Answer.MAPPER.createObjectNode().put("role", role);
        if (party.hasTenant()) {
            wish.put("tenant", party.tenant(world.token()));
        }
        return wish.put("student", party.student(world.token())).toString();
    }

    void clearUp() {
        for (Party teacher : new Party[] {Party.TEACHER, Party.STRANGER}) {
            deleteAll(teacher, "machines");
            deleteAll(teacher, "traces");
        }
        for (Thing thing : world.belongings().all("machines")) {
            if (thing.owner() == Party.ADMIN) {
                delete(Party.ADMIN, "machines", thing.id());
            }
        }
        world.belongings().keyIds().forEach(key -> delete(Party.ADMIN, "keys", key));
        if (world.contract().has("DELETE", TENANT)) {
            delete(Party.ADMIN, "tenants", Party.ADA.tenant(world.token()));
            delete(Party.ADMIN, "tenants", Party.EVE.tenant(world.token()));
        }
    }

    private void deleteAll(Party teacher, String collection) {
        Answer list = world.send(teacher, Call.get("/v1/" + collection + "?limit=1000"));
        demand(list, 200);
        for (JsonNode each : list.json().get(collection)) {
            delete(teacher, collection, name(each));
        }
    }

    private static String name(JsonNode shown) {
        String student = shown.at("/owner/student").asString("");
        String id = shown.get("id").asString();
        return student.isEmpty() || shown.path("owner").isMissingNode() ? id : student + "~" + id;
    }

    private void delete(Party as, String collection, String name) {
        world.send(as, new Call("DELETE", "/v1/" + collection + "/" + name, List.of(), null));
    }

    private static void demand(Answer answer, int status) {
        if (answer.status() != status) {
            throw new Broken("a world can be set up and cleared", answer.toString());
        }
    }
}

package dev.faultline.contract;

import dev.faultline.http.Answer;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whose is what in a world, learned from what the server answered. */
final class Belongings {

    private final String token;
    private final List<Thing> things = new ArrayList<>();
    private final Map<String, Party> keys = new LinkedHashMap<>();

    Belongings(String token) {
        this.token = token;
    }

    void addKey(Party party, String id) {
        keys.put(id, party);
    }

    /** The ids of the keys, those of the parties and those that they made. */
    Set<String> keyIds() {
        return keys.keySet();
    }

    void add(Thing thing) {
        if (thing.collection().equals("keys")) {
            keys.put(thing.id(), thing.owner());
        }
        things.removeIf(
                each ->
                        each.collection().equals(thing.collection())
                                && each.owner() == thing.owner()
                                && each.id().equals(thing.id()));
        things.add(thing);
    }

    /** Forgets what a caller has taken away: a trace of all owners that it sees. */
    void remove(Party as, Thing gone) {
        things.removeIf(
                each ->
                        each.collection().equals(gone.collection())
                                && each.id().equals(gone.id())
                                && (gone.collection().equals("traces")
                                        ? as.sees(each.owner())
                                        : each.owner() == gone.owner()));
    }

    List<Thing> all(String collection) {
        return things.stream().filter(each -> each.collection().equals(collection)).toList();
    }

    List<Thing> seen(Party by, String collection) {
        return all(collection).stream().filter(each -> each.isSeenBy(by)).toList();
    }

    /** What a caller must not find, and cannot find by another owner either. */
    List<Thing> hidden(Party from, String collection) {
        Set<String> known = ids(seen(from, collection));
        return all(collection).stream()
                .filter(each -> !each.isSeenBy(from))
                .filter(each -> collection.equals("machines") || !known.contains(each.id()))
                .toList();
    }

    private static Set<String> ids(List<Thing> things) {
        Map<String, Thing> ids = new HashMap<>();
        things.forEach(each -> ids.put(each.id(), each));
        return ids.keySet();
    }

    /** What a caller calls by a name in a path; null if it is not there for it. */
    @Nullable Thing named(Party as, String collection, String name) {
        for (Thing each : seen(as, collection)) {
            String named =
                    collection.equals("machines")
                            ? as.nameOf(each.owner(), token, each.id())
                            : each.id();
            if (named.equals(name)) {
                return each;
            }
        }
        return null;
    }

    boolean owns(Party party, String collection, String id) {
        return things.stream()
                .anyMatch(
                        each ->
                                each.owner() == party
                                        && each.collection().equals(collection)
                                        && each.id().equals(id));
    }

    /** The party that a representation names as owner; {@code other} if it names none. */
    Party ownerOf(JsonNode shown, Party other) {
        String tenant = shown.at("/owner/tenant").asString("");
        String student = shown.at("/owner/student").asString("");
        for (Party party : Party.OWNERS) {
            String name = party.student(token);
            if (party.tenant(token).equals(tenant) && student.equals(name == null ? "" : name)) {
                return party;
            }
        }
        return other;
    }

    /** What an answer tells a caller that it may not know and did not say; null if nothing. */
    @Nullable String leak(Party to, String said, Answer answer) {
        boolean works = answer.request().startsWith("POST"); // with bytes that give a trace's id
        if (to == Party.ADMIN || to == Party.ALL_METRICS) {
            return null;
        }
        String text = answer.text() + answer.headers().map();
        for (Party party : Party.OWNERS) {
            if (!to.sees(party) && tells(text, said, party.student(token))) {
                return party.student(token);
            }
            if (!to.hasTenant() || !to.tenant(token).equals(party.tenant(token))) {
                if (tells(text, said, party.tenant(token))) {
                    return party.tenant(token);
                }
            }
        }
        for (String collection : List.of("operations", "traces", "keys")) {
            boolean isOwnWork = works && collection.equals("traces");
            for (Thing each : isOwnWork ? List.<Thing>of() : hidden(to, collection)) {
                if (tells(text, said, each.id())) {
                    return each.id();
                }
            }
        }
        return null;
    }

    private static boolean tells(String text, String said, @Nullable String name) {
        return name != null && text.contains(name) && !said.contains(name);
    }
}

package dev.faultline.contract;

import tools.jackson.databind.JsonNode;

/**
 * Something that the server made for an owner.
 *
 * @param collection the path's segment after the version, such as {@code machines}
 * @param symbol what stands for its id in requests that are to be played again
 * @param id as the server calls it
 * @param shown how the server showed it
 */
record Thing(String collection, Party owner, String symbol, String id, JsonNode shown) {

    /** How it is named in a path by one who sees it. */
    String nameFor(Party party, String token) {
        return collection.equals("machines") ? party.nameOf(owner, token, symbol) : symbol;
    }

    /** Whether a caller may find it, provided that its role may ask. */
    boolean isSeenBy(Party party) {
        return party.sees(owner);
    }
}

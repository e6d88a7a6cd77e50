package dev.faultline.history;

import org.jspecify.annotations.Nullable;

/**
 * Who asked for a change, as far as history keeps it.
 *
 * @param operation the name of the operation in the contract
 * @param requestId the id of the request
 * @param idempotencyKey the key under which the client may ask again, or null
 */
public record Request(String operation, String requestId, @Nullable String idempotencyKey) {}

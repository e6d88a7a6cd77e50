package dev.faultline.api;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** What a client would rather have (RFC 7240). */
final class Prefer {

    static final String HEADER = "Prefer";

    private Prefer() {}

    /** Whether it would rather not wait for the result. */
    static boolean isAsync(@Nullable String prefer) {
        return prefer != null
                && Arrays.stream(prefer.split("[,;]", -1))
                        .anyMatch(each -> each.strip().equalsIgnoreCase("respond-async"));
    }
}

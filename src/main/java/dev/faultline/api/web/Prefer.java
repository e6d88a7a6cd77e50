package dev.faultline.api.web;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** What a client would rather have (RFC 7240). */
public final class Prefer {

    /** The header of a request that has the preferences. */
    public static final String HEADER = "Prefer";

    private Prefer() {}

    /** The header that says which of these was done. */
    public static final String APPLIED = "Preference-Applied";

    /** The preference for a short answer. */
    public static final String MINIMAL = "return=minimal";

    /** Whether it would rather not wait for the result. */
    public static boolean isAsync(@Nullable String prefer) {
        return has(prefer, "respond-async");
    }

    /** Whether it would rather have a short answer. */
    public static boolean isMinimal(@Nullable String prefer) {
        return has(prefer, MINIMAL);
    }

    private static boolean has(@Nullable String prefer, String preference) {
        return prefer != null
                && Arrays.stream(prefer.replaceAll("[\\s\"]", "").split("[,;]", -1))
                        .anyMatch(each -> each.equalsIgnoreCase(preference));
    }
}

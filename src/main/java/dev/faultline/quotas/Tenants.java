package dev.faultline.quotas;

import org.jspecify.annotations.Nullable;

/** Knows the tenants that have limits of their own. */
public interface Tenants {

    /** The limits of a tenant's owners, which may leave some open; null if it has none. */
    @Nullable Limits limitsOf(String tenant);
}

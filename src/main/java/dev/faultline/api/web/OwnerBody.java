package dev.faultline.api.web;

import dev.faultline.owners.Owner;

import org.jspecify.annotations.Nullable;

/** To whom something belongs. */
public record OwnerBody(String tenant, @Nullable String student) {

    /** An owner on the wire. */
    public static OwnerBody of(Owner owner) {
        return new OwnerBody(owner.tenant(), owner.student());
    }
}

package dev.faultline.keys;

import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.owners.Role;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * A key, without its secret.
 *
 * @param id its name in paths and logs
 * @param tenant null for one that measures everything
 * @param student whose it is, or null
 * @param expires when it ends, or null
 * @param hash the SHA-256 of its secret, in hexadecimal digits
 */
public record Key(
        String id,
        @Nullable String tenant,
        @Nullable String student,
        Role role,
        Instant created,
        @Nullable Instant expires,
        String hash) {

    /** Whom the key stands for. */
    public Caller caller() {
        String of = tenant == null ? Owner.LOCAL.tenant() : tenant;
        return switch (role) {
            case ADMIN -> Caller.admin(of);
            case TEACHER -> Caller.teacher(of);
            case METRICS -> Caller.metrics(tenant);
            case STUDENT -> Caller.student(of, String.valueOf(student));
        };
    }

    boolean isOver(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    Key with(String newHash) {
        return new Key(id, tenant, student, role, created, expires, newHash);
    }

    @Override
    public String toString() {
        return id;
    }
}

package dev.faultline.contract;

import dev.faultline.owners.Role;

import org.jspecify.annotations.Nullable;

/** Those who use the service at once: two classes, those who measure, an admin, and nobody. */
enum Party {
    NOBODY(null, null, null),
    ADA(Role.STUDENT, "a", "ada"),
    BOB(Role.STUDENT, "a", "bob"),
    TEACHER(Role.TEACHER, "a", null),
    EVE(Role.STUDENT, "b", "eve"),
    STRANGER(Role.TEACHER, "b", null),
    METRICS(Role.METRICS, "a", null),
    ALL_METRICS(Role.METRICS, null, null),
    ADMIN(Role.ADMIN, null, null);

    /** Who may own things of a class. */
    static final Party[] OWNERS = {ADA, BOB, TEACHER, EVE, STRANGER};

    private final @Nullable Role role;
    private final @Nullable String tenant;
    private final @Nullable String student;

    Party(@Nullable Role role, @Nullable String tenant, @Nullable String student) {
        this.role = role;
        this.tenant = tenant;
        this.student = student;
    }

    @Nullable Role role() {
        return role;
    }

    /** Whether it stands for a class. */
    boolean hasTenant() {
        return tenant != null;
    }

    /** The name of its class in a world. */
    String tenant(String token) {
        return tenant == null ? "local" : tenant + "-" + token;
    }

    /** The name of its student in a world; null if it is none. */
    @Nullable String student(String token) {
        return student == null ? null : student + "." + token;
    }

    boolean isKnown() {
        return role != null;
    }

    boolean isStudent() {
        return role == Role.STUDENT;
    }

    /** Whether it may do more than measure. */
    boolean works() {
        return isKnown() && role != Role.METRICS;
    }

    /** Whether it finds what belongs to another. */
    boolean sees(Party owner) {
        if (this == NOBODY) {
            return false;
        }
        if (this == owner || this == ADMIN || this == ALL_METRICS) {
            return true;
        }
        return role != Role.STUDENT && tenant != null && tenant.equals(owner.tenant);
    }

    /** How it names another's machine in a path. */
    String nameOf(Party owner, String token, String id) {
        if (this == owner) {
            return id;
        }
        String student = owner.student(token);
        if (this == ADMIN || this == ALL_METRICS) {
            String tenant = owner.tenant(token) + "~";
            return (owner == ADMIN ? "" : tenant) + (student == null ? "" : student + "~") + id;
        }
        return (student == null ? "" : student + "~") + id;
    }
}

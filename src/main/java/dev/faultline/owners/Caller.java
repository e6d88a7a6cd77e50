package dev.faultline.owners;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Who asks: in whose name, and with which rights. Every look-up takes one, and finds nothing that
 * its caller does not see, as if it were not there.
 *
 * @param owner to whom belongs what the caller makes, and whose things it names by their ids alone
 * @param role what it may do
 * @param seesAll whether it sees the things of every tenant, and not of its own alone
 */
public record Caller(Owner owner, Role role, boolean seesAll) {

    /** Everybody, where there are no keys. */
    public static final Caller LOCAL = admin(Owner.LOCAL.tenant());

    /** Names of owners by which lists are narrowed. */
    public static final String NAMES = "^" + Owner.NAME + "(~" + Owner.NAME + ")?$";

    /** Separates owner and id in the names that things of others have in paths. */
    private static final String SEPARATOR = "~";

    /** An admin, whose own things belong to a tenant. */
    public static Caller admin(String tenant) {
        return new Caller(new Owner(tenant, null), Role.ADMIN, true);
    }

    /** A teacher of a tenant. */
    public static Caller teacher(String tenant) {
        return new Caller(new Owner(tenant, null), Role.TEACHER, false);
    }

    /** A student of a tenant. */
    public static Caller student(String tenant, String student) {
        return new Caller(new Owner(tenant, student), Role.STUDENT, false);
    }

    /** What measures a tenant, or everything if that is null. */
    public static Caller metrics(@Nullable String tenant) {
        return tenant == null
                ? new Caller(Owner.LOCAL, Role.METRICS, true)
                : new Caller(new Owner(tenant, null), Role.METRICS, false);
    }

    /** Whether the caller may use, or measure, what belongs to an owner. */
    public boolean sees(Owner other) {
        return seesAll
                || (role == Role.STUDENT
                        ? other.equals(owner)
                        : other.tenant().equals(owner.tenant()));
    }

    /**
     * The same caller as it sees the things of some owners alone: a student of its tenant, or for
     * whoever sees all tenants, a tenant, or {@code tenant~student}. It is empty if the caller sees
     * nothing of that.
     *
     * @param name matches {@link #NAMES}; null for no narrowing
     * @throws IllegalArgumentException if it does not match
     */
    public Optional<Caller> narrowedTo(@Nullable String name) {
        if (name == null) {
            return Optional.of(this);
        }
        String[] parts = name.split(SEPARATOR, -1);
        for (String part : parts) {
            if (!Owner.isName(part)) {
                throw new IllegalArgumentException("no owner: " + name);
            }
        }
        Caller among =
                switch (parts.length) {
                    case 1 -> seesAll ? teacher(parts[0]) : student(owner.tenant(), parts[0]);
                    case 2 -> student(parts[0], parts[1]);
                    default -> throw new IllegalArgumentException("no owner: " + name);
                };
        return Optional.of(among).filter(narrowed -> sees(narrowed.owner()));
    }

    /**
     * What a name in a path stands for, or null if it can be nothing that the caller sees. A name
     * is an id for what is the caller's own. What is a student's has the student's name and a tilde
     * before it; whoever sees all tenants gives the tenant too, or the tenant alone for what is the
     * tenant's own.
     */
    public @Nullable Named named(String name) {
        String[] parts = name.split(SEPARATOR, -1);
        String id = parts[parts.length - 1];
        for (int i = 0; i < parts.length - 1; i++) {
            if (!Owner.isName(parts[i])) {
                return null;
            }
        }
        Owner meant =
                switch (parts.length) {
                    case 1 -> owner;
                    case 2 ->
                            seesAll
                                    ? new Owner(parts[0], null)
                                    : new Owner(owner.tenant(), parts[0]);
                    case 3 -> seesAll ? new Owner(parts[0], parts[1]) : null;
                    default -> null;
                };
        return meant != null && sees(meant) ? new Named(meant, id) : null;
    }

    /** The name by which the caller finds what it sees: the opposite of {@link #named}. */
    public String nameOf(Owner of, String id) {
        if (of.equals(owner)) {
            return id;
        }
        String whose =
                !seesAll
                        ? String.valueOf(of.student())
                        : of.student() == null
                                ? of.tenant()
                                : of.tenant() + SEPARATOR + of.student();
        return whose + SEPARATOR + id;
    }

    /**
     * A thing of an owner.
     *
     * @param id unique among those of one owner
     */
    public record Named(Owner owner, String id) implements Comparable<Named> {

        @Override
        public int compareTo(Named other) {
            int byOwner = owner.compareTo(other.owner);
            return byOwner != 0 ? byOwner : id.compareTo(other.id);
        }
    }
}

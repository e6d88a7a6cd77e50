package dev.faultline.owners;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * To whom something belongs: a student of a tenant, or the tenant itself. Owners are in order by
 * tenant, then student; a tenant comes before its students.
 *
 * @param tenant a class, or {@code local} for a service without keys
 * @param student one of the class, or null for the tenant itself
 */
public record Owner(String tenant, @Nullable String student) implements Comparable<Owner> {

    /** What tenants and students are called. */
    public static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    private static final Pattern PATTERN = Pattern.compile(NAME);

    /** Owns everything where there are no keys, and what the service's own admin makes. */
    public static final Owner LOCAL = new Owner("local", null);

    private static final Comparator<Owner> ORDER =
            Comparator.comparing(Owner::tenant)
                    .thenComparing(Owner::student, Comparator.nullsFirst(String::compareTo));

    /**
     * @throws IllegalArgumentException if a name is none
     */
    public Owner {
        if (!isName(tenant) || student != null && !isName(student)) {
            throw new IllegalArgumentException("no owner: " + tenant + ", " + student);
        }
    }

    /** Whether a tenant or a student may be called so. */
    public static boolean isName(String name) {
        return PATTERN.matcher(name).matches();
    }

    @Override
    public int compareTo(Owner other) {
        return ORDER.compare(this, other);
    }
}

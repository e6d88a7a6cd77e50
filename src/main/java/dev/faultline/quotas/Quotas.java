package dev.faultline.quotas;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.faultline.owners.Owner;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much each owner may have and do, and accounts of what it did. {@link Owner#LOCAL} has no
 * limit. An account that is empty is full again when its period is over; one that was overdrawn,
 * since work is charged when it is done, is filled by a period's worth with each period.
 */
@Component
public class Quotas {

    /** An overdrawn account is settled after at most so many periods. */
    private static final long MOST_PERIODS = 1440;

    /** After this time every account is full: it need not be kept. */
    private static final Duration FORGOTTEN = Duration.ofDays(2);

    /** One account; a limit that changes makes another. */
    private record Account(Owner owner, Quota quota, long limit) {}

    /**
     * What came of the wish to do one thing more.
     *
     * @param granted whether it may be done
     * @param limit how many there may be within the period
     * @param used how many there were; more than the limit where work was charged afterwards
     * @param untilNext until something is left again; zero if it is granted
     * @param reset until all of them are there again
     */
    public record Turn(boolean granted, long limit, long used, Duration untilNext, Duration reset) {

        /** How many are left. */
        public long left() {
            return Math.max(0, limit - used);
        }
    }

    private final Limits defaults;
    private final Tenants tenants;
    private final Cache<Account, Bucket> accounts =
            Caffeine.newBuilder().expireAfterAccess(FORGOTTEN).build();

    /** Nothing is used yet. */
    public Quotas(QuotaSettings settings, Tenants tenants) {
        defaults = settings.limits();
        this.tenants = tenants;
    }

    /** How much an owner may have and do. */
    public Limits limitsOf(Owner owner) {
        return owner.equals(Owner.LOCAL) ? Limits.NONE : limitsOf(owner.tenant());
    }

    /** How much each owner of a tenant may have and do. */
    public Limits limitsOf(String tenant) {
        Map<Quota, Long> most = new EnumMap<>(Quota.class);
        for (Quota quota : Quota.values()) {
            Long limit = limit(tenant, quota);
            if (limit != null) {
                most.put(quota, limit);
            }
        }
        return new Limits(most);
    }

    /** One limit of a tenant's owners: its own, or else the default; null if there is none. */
    private @Nullable Long limit(String tenant, Quota quota) {
        Limits own = tenants.limitsOf(tenant);
        Long limit = own == null ? null : own.of(quota);
        return limit == null ? defaults.of(quota) : limit;
    }

    /** One limit of an owner, or null if there is none. */
    private @Nullable Long limit(Owner owner, Quota quota) {
        return owner.equals(Owner.LOCAL) ? null : limit(owner.tenant(), quota);
    }

    /** An owner's limit, or {@link Long#MAX_VALUE} if there is none. */
    public long most(Owner owner, Quota quota) {
        Long most = limit(owner, quota);
        return most == null ? Long.MAX_VALUE : most;
    }

    /** Takes one from an account, if there is one; null if the owner has no limit. */
    public @Nullable Turn take(Owner owner, Quota quota) {
        Long limit = limit(owner, quota);
        if (limit == null) {
            return null;
        }
        ConsumptionProbe probe = bucket(owner, quota, limit).tryConsumeAndReturnRemaining(1);
        boolean granted = limit > 0 && probe.isConsumed();
        return new Turn(
                granted,
                limit,
                limit == 0 ? 0 : limit - probe.getRemainingTokens(),
                Duration.ofNanos(granted ? 0 : probe.getNanosToWaitForRefill()),
                Duration.ofNanos(probe.getNanosToWaitForReset()));
    }

    /** Whether something is left in an account; null if the owner has no limit. */
    public @Nullable Turn look(Owner owner, Quota quota) {
        Long limit = limit(owner, quota);
        if (limit == null) {
            return null;
        }
        Bucket bucket = bucket(owner, quota, limit);
        long used = limit == 0 ? 0 : limit - bucket.getAvailableTokens();
        Duration untilNext =
                used < limit
                        ? Duration.ZERO
                        : Duration.ofNanos(
                                bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
        return new Turn(used < limit, limit, used, untilNext, untilNext);
    }

    /** Charges to an account what was used, though it may be more than is left. */
    public void charge(Owner owner, Quota quota, long used) {
        Long limit = limit(owner, quota);
        if (limit != null && limit > 0 && used > 0) {
            long most = Math.min(Long.MAX_VALUE / MOST_PERIODS, limit) * MOST_PERIODS;
            bucket(owner, quota, limit).consumeIgnoringRateLimits(Math.min(used, most));
        }
    }

    private Bucket bucket(Owner owner, Quota quota, long limit) {
        return accounts.get(new Account(owner, quota, limit), Quotas::fresh);
    }

    private static Bucket fresh(Account account) {
        long capacity = Math.max(1, account.limit());
        Bandwidth bandwidth =
                Bandwidth.builder()
                        .capacity(capacity)
                        .refillIntervally(capacity, account.quota().period())
                        .build();
        return Bucket.builder().addLimit(bandwidth).withNanosecondPrecision().build();
    }
}

package dev.faultline.keys;

import dev.faultline.quotas.Limits;
import dev.faultline.quotas.Tenants;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The tenants that have limits of their own, kept where the keys are. */
@Component
public class TenantStore implements Tenants {

    private final KeysFile file;
    private final NavigableMap<String, Tenant> tenants = new ConcurrentSkipListMap<>();

    TenantStore(KeysFile file) {
        this.file = file;
        file.tenants().forEach(each -> tenants.put(each.id(), each));
    }

    @Override
    public @Nullable Limits limitsOf(String tenant) {
        Tenant found = tenants.get(tenant);
        return found == null ? null : found.limits();
    }

    /** The tenant of a name, or null if it has no limits of its own. */
    public @Nullable Tenant find(String id) {
        return tenants.get(id);
    }

    /** All tenants after a name, in order of names. */
    public Stream<Tenant> list(String after) {
        return tenants.tailMap(after, false).values().stream();
    }

    /**
     * Gives a tenant limits of its own. Answers whether it had none before.
     *
     * @throws IOException if they cannot be kept; then all stays as it was
     */
    public synchronized boolean put(Tenant tenant) throws IOException {
        file.keepTenants(Stream.concat(without(tenant.id()).stream(), Stream.of(tenant)).toList());
        return tenants.put(tenant.id(), tenant) == null;
    }

    /**
     * Takes a tenant's own limits away.
     *
     * @throws IOException if that cannot be kept; then they stay
     */
    public synchronized void delete(Tenant tenant) throws IOException {
        file.keepTenants(without(tenant.id()));
        tenants.remove(tenant.id());
    }

    private List<Tenant> without(String id) {
        return tenants.values().stream().filter(each -> !each.id().equals(id)).toList();
    }
}

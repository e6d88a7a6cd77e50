package dev.faultline.api.keys;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Reason;
import dev.faultline.keys.Tenant;
import dev.faultline.keys.TenantStore;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Limits;
import dev.faultline.quotas.Quotas;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.util.List;

/** Says how much the owners of a tenant may have and do. It is the admin's. */
@RestController
@RequestMapping(path = "/v1/tenants", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Keys")
class TenantController {

    /** Limits for a tenant. */
    record TenantRequest(
            @Schema(description = "Limits of each owner of the tenant.") @Valid
                    @Nullable QuotasRequest limits) {}

    /** A tenant and the limits of each of its owners. */
    record TenantBody(String tenant, QuotasBody limits) {}

    /** Some tenants. */
    record TenantList(List<TenantBody> tenants, @Nullable String nextCursor) {}

    private final TenantStore tenants;
    private final Quotas quotas;
    private final KeyedService service;

    TenantController(TenantStore tenants, Quotas quotas, KeyedService service) {
        this.tenants = tenants;
        this.quotas = quotas;
        this.service = service;
    }

    @PutMapping(path = "/{tenant}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "putTenant",
            summary = "Give the owners of a tenant limits of their own",
            description =
                    "Says how much each owner of the tenant may have and do: the tenant itself and"
                            + " each of its students. What is left out has its default. A tenant"
                            + " need not be put before it has keys.")
    @ApiResponse(
            responseCode = "200",
            description = "It had others before.",
            content = @Content(schema = @Schema(implementation = TenantBody.class)))
    @ApiResponse(
            responseCode = "201",
            description = "It had no limits of its own before.",
            content = @Content(schema = @Schema(implementation = TenantBody.class)))
    ResponseEntity<TenantBody> put(
            @PathVariable String tenant, @RequestBody @Valid TenantRequest body) {
        service.check();
        if (!Owner.isName(tenant)) {
            throw noSuchTenant(tenant);
        }
        Limits limits = body.limits() == null ? Limits.NONE : body.limits().limits();
        boolean isNew = service.kept(() -> tenants.put(new Tenant(tenant, limits)));
        return isNew
                ? ResponseEntity.created(URI.create("/v1/tenants/" + tenant)).body(body(tenant))
                : ResponseEntity.ok(body(tenant));
    }

    @GetMapping("/{tenant}")
    @Operation(
            operationId = "showTenant",
            summary = "Show how much the owners of a tenant may have and do",
            description = "Shows the limits that `putTenant` gave to a tenant.")
    TenantBody show(@PathVariable String tenant) {
        service.check();
        return body(find(tenant).id());
    }

    @GetMapping
    @Operation(
            operationId = "listTenants",
            summary = "List the tenants that have limits of their own",
            description = "Lists them in order of their names.")
    TenantList list(
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        service.check();
        List<Tenant> found = tenants.list(Lists.after(cursor, "")).limit(limit + 1L).toList();
        return new TenantList(
                Lists.part(found, limit).stream().map(each -> body(each.id())).toList(),
                Lists.next(found, limit, Tenant::id));
    }

    @DeleteMapping("/{tenant}")
    @Operation(
            operationId = "deleteTenant",
            summary = "Give the owners of a tenant the default limits again",
            description =
                    "Takes the limits away that `putTenant` gave. Keys, machines and traces of the"
                            + " tenant stay.")
    @ApiResponse(responseCode = "204", description = "Taken away.", content = @Content)
    ResponseEntity<Void> delete(@PathVariable String tenant) {
        service.check();
        Tenant found = find(tenant);
        service.kept(
                () -> {
                    tenants.delete(found);
                    return found;
                });
        return ResponseEntity.noContent().build();
    }

    private Tenant find(String id) {
        Tenant found = tenants.find(id);
        if (found == null) {
            throw noSuchTenant(id);
        }
        return found;
    }

    private static ApiException noSuchTenant(String id) {
        return new ApiException(
                Reason.NO_SUCH_TENANT, "there is no tenant '" + id + "' with limits of its own");
    }

    private TenantBody body(String tenant) {
        return new TenantBody(tenant, QuotasBody.of(quotas.limitsOf(tenant)));
    }
}

package dev.faultline.api.keys;

import dev.faultline.api.machines.MachineController;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.NoFields;
import dev.faultline.api.web.Reason;
import dev.faultline.keys.Key;
import dev.faultline.keys.KeyStore;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.owners.Role;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Gives out keys. An admin sees and makes all; a teacher sees those of its tenant, and makes and
 * ends those of its students.
 */
@RestController
@RequestMapping(path = "/v1/keys", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Keys")
class KeyController {

    private static final String NAME = "^" + Owner.NAME + "$";

    /** A key that is wished for. */
    record KeyRequest(
            @Pattern(regexp = NAME, message = "must match " + NAME) @Nullable String tenant,
            @Pattern(regexp = NAME, message = "must match " + NAME) @Nullable String student,
            @NotNull
                    @Pattern(
                            regexp = "^(student|teacher|metrics|admin)$",
                            message = "must be student, teacher, metrics or admin")
                    String role,
            @Schema(format = "date-time") @Nullable String expires) {

        Role wanted() {
            return Role.valueOf(role.toUpperCase(Locale.ROOT));
        }
    }

    /** A key. */
    record KeyBody(
            String id,
            @Nullable String tenant,
            @Nullable String student,
            String role,
            @Schema(format = "date-time") String created,
            @Schema(format = "date-time") @Nullable String expires,
            @Schema(
                            format = "date-time",
                            description =
                                    "When the key was last used since the service began, or null.")
                    @Nullable String lastUsed,
            @Schema(description = "Shown once, when it is made; null after that.")
                    @Nullable String secret) {}

    /** Some keys. */
    record KeyList(List<KeyBody> keys, @Nullable String nextCursor) {}

    private final KeyStore keys;
    private final KeyedService service;

    KeyController(KeyStore keys, KeyedService service) {
        this.keys = keys;
        this.service = service;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "createKey",
            summary = "Make a key",
            description =
                    "Makes a key. Its secret is in this answer and never shown again. A teacher"
                            + " makes keys of its own students, an admin all.")
    @ApiResponse(
            responseCode = "201",
            description = "The key, with its secret.",
            content = @Content(schema = @Schema(implementation = KeyBody.class)))
    ResponseEntity<KeyBody> create(Caller caller, @RequestBody @Valid KeyRequest body) {
        service.check();
        Role role = body.wanted();
        boolean byTeacher = caller.role() == Role.TEACHER;
        String tenant =
                body.tenant() == null && byTeacher ? caller.owner().tenant() : body.tenant();
        if (byTeacher && (role != Role.STUDENT || !caller.owner().tenant().equals(tenant))) {
            throw forbidden("a teacher makes keys of its own students alone");
        }
        if (tenant == null && role != Role.METRICS && role != Role.ADMIN) {
            throw ApiException.badField("/tenant", "a key of this role has a tenant");
        }
        if ((role == Role.STUDENT) != (body.student() != null)) {
            throw ApiException.badField("/student", "a student's key has one, and no other has");
        }
        Instant expires = expires(body);
        KeyStore.Made made = service.kept(() -> keys.make(tenant, body.student(), role, expires));
        return ResponseEntity.created(URI.create("/v1/keys/" + made.key().id()))
                .body(body(made.key(), made.secret()));
    }

    private static @Nullable Instant expires(KeyRequest body) {
        try {
            return body.expires() == null ? null : Instant.parse(body.expires());
        } catch (DateTimeParseException e) {
            throw ApiException.badField("/expires", "must be a time such as 2027-02-01T00:00:00Z");
        }
    }

    @GetMapping
    @Operation(
            operationId = "listKeys",
            summary = "List keys, without their secrets",
            description = "Lists the keys that the caller sees, in order of their ids.")
    KeyList list(
            Caller caller,
            @RequestParam(required = false)
                    @Pattern(regexp = Caller.NAMES, message = "must match " + Caller.NAMES)
                    @Nullable String owner,
            @RequestParam(defaultValue = "100") @Min(1) @Max(MachineController.MAX_LIST) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        service.check();
        String after = Lists.after(cursor, "");
        List<Key> found =
                caller.narrowedTo(owner).stream()
                        .flatMap(
                                among ->
                                        keys.list(after)
                                                .filter(key -> isSeen(caller, key))
                                                .filter(key -> isOf(among, key, owner)))
                        .limit(limit + 1L)
                        .toList();
        return new KeyList(
                Lists.part(found, limit).stream().map(key -> body(key, null)).toList(),
                Lists.next(found, limit, Key::id));
    }

    @GetMapping("/{key}")
    @Operation(
            operationId = "showKey",
            summary = "Show a key, without its secret",
            description = "Shows whom a key stands for. `createKey` makes one.")
    KeyBody show(Caller caller, @PathVariable String key) {
        service.check();
        return body(find(caller, key), null);
    }

    @DeleteMapping("/{key}")
    @Operation(
            operationId = "deleteKey",
            summary = "End a key",
            description = "Ends a key at once. What its owner has stays. `createKey` makes one.")
    @ApiResponse(responseCode = "204", description = "Ended.", content = @Content)
    ResponseEntity<Void> delete(Caller caller, @PathVariable String key) {
        service.check();
        Key found = findToChange(caller, key);
        service.kept(
                () -> {
                    keys.delete(found);
                    return found;
                });
        return ResponseEntity.noContent().build();
    }

    @PostMapping(path = "/{key}/rotate", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "rotateKey",
            summary = "Give a key a new secret; the old one ends",
            description =
                    "Gives a key a new secret, which is in this answer and never shown again. The"
                            + " old one ends at once. `createKey` makes one.")
    KeyBody rotate(
            Caller caller,
            @PathVariable String key,
            @RequestBody(required = false) @Nullable NoFields body) {
        service.check();
        Key found = findToChange(caller, key);
        KeyStore.Made made = service.kept(() -> keys.rotate(found));
        return body(made.key(), made.secret());
    }

    private static boolean isSeen(Caller caller, Key key) {
        return caller.role() == Role.ADMIN || caller.owner().tenant().equals(key.tenant());
    }

    private static boolean isOf(Caller among, Key key, @Nullable String owner) {
        return owner == null || key.tenant() != null && among.sees(key.caller().owner());
    }

    private Key find(Caller caller, String id) {
        Key key = keys.find(id);
        if (key == null || !isSeen(caller, key)) {
            throw new ApiException(Reason.NO_SUCH_KEY, "there is no key '" + id + "'");
        }
        return key;
    }

    private Key findToChange(Caller caller, String id) {
        Key key = find(caller, id);
        if (caller.role() != Role.ADMIN && key.role() != Role.STUDENT) {
            throw forbidden("a teacher changes keys of students alone");
        }
        return key;
    }

    private static ApiException forbidden(String detail) {
        return new ApiException(Reason.ROLE_FORBIDDEN, detail);
    }

    private KeyBody body(Key key, @Nullable String secret) {
        return new KeyBody(
                key.id(),
                key.tenant(),
                key.student(),
                key.role().name().toLowerCase(Locale.ROOT),
                key.created().toString(),
                text(key.expires()),
                text(keys.lastUsed(key)),
                secret);
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : Objects.toString(time);
    }
}

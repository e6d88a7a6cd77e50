package dev.faultline.keys;

import dev.faultline.owners.Caller;
import dev.faultline.owners.Ids;
import dev.faultline.owners.Owner;
import dev.faultline.owners.Role;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The keys of this service. Of a secret, which is 256 random bits, only the SHA-256 is kept: it
 * needs no salt and no slow hash, since nobody guesses it. A change is in the {@link KeysFile}
 * before it is answered.
 */
@Component
public class KeyStore {

    /** A secret is this, the id of its key, a line and random characters. */
    private static final String SECRET = "fl_";

    private static final int ID_LENGTH = 8;
    private static final int ID_END = SECRET.length() + ID_LENGTH;
    private static final int SECRET_BYTES = 32;
    private static final String PREFIX = "k-";

    /** A key and its secret, which is shown once. */
    public record Made(Key key, String secret) {}

    private final KeysFile file;
    private final Clock clock;
    private final byte @Nullable [] admin;
    private final NavigableMap<String, Key> keys = new ConcurrentSkipListMap<>();
    private final Map<String, Instant> lastUsed = new ConcurrentHashMap<>();
    private final Ids ids = new Ids();
    private final SecureRandom random = new SecureRandom();

    /** Has the keys that the file has. */
    KeyStore(SecuritySettings settings, KeysFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
        admin = settings.adminKey().isEmpty() ? null : hash(settings.adminKey());
        file.keys().forEach(each -> keys.put(each.id(), each));
    }

    /** Whom a secret stands for, or null if it is none, or one that is over. */
    public @Nullable Caller callerOf(String secret) {
        byte[] hash = hash(secret);
        if (admin != null && MessageDigest.isEqual(admin, hash)) {
            return Caller.admin(Owner.LOCAL.tenant());
        }
        Key key = keyOf(secret);
        Instant now = clock.instant();
        if (key == null
                || key.isOver(now)
                || !MessageDigest.isEqual(HexFormat.of().parseHex(key.hash()), hash)) {
            return null;
        }
        lastUsed.put(key.id(), now.truncatedTo(ChronoUnit.SECONDS));
        return key.caller();
    }

    /** The key whose id a secret has, or null; whether it is the key's secret is not checked. */
    private @Nullable Key keyOf(String secret) {
        return secret.startsWith(SECRET) && secret.length() > ID_END
                ? keys.get(PREFIX + secret.substring(SECRET.length(), ID_END))
                : null;
    }

    /** When a key was last used since the service began, or null. */
    public @Nullable Instant lastUsed(Key key) {
        return lastUsed.get(key.id());
    }

    /**
     * Makes a key.
     *
     * @throws IOException if it cannot be kept; then there is none
     */
    public synchronized Made make(
            @Nullable String tenant, @Nullable String student, Role role, @Nullable Instant expires)
            throws IOException {
        String id = freshId();
        String secret = secret(id);
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Key key = new Key(PREFIX + id, tenant, student, role, now, expires, hex(secret));
        put(key);
        return new Made(key, secret);
    }

    /**
     * Gives a key a new secret; the old one ends.
     *
     * @throws IOException if that cannot be kept; then the old one stays
     */
    public synchronized Made rotate(Key key) throws IOException {
        String secret = secret(key.id().substring(PREFIX.length()));
        Key next = key.with(hex(secret));
        put(next);
        return new Made(next, secret);
    }

    private void put(Key key) throws IOException {
        List<Key> next = new ArrayList<>(keys.values());
        next.removeIf(each -> each.id().equals(key.id()));
        next.add(key);
        file.keepKeys(next);
        keys.put(key.id(), key);
    }

    /**
     * Ends a key.
     *
     * @throws IOException if that cannot be kept; then it stays
     */
    public synchronized void delete(Key key) throws IOException {
        file.keepKeys(keys.values().stream().filter(each -> !each.id().equals(key.id())).toList());
        keys.remove(key.id());
        lastUsed.remove(key.id());
    }

    /** The key of an id, or null. */
    public @Nullable Key find(String id) {
        return keys.get(id);
    }

    /** All keys after an id, in order of ids. */
    public Stream<Key> list(String after) {
        return keys.tailMap(after, false).values().stream();
    }

    private String freshId() {
        String id = ids.next("", ID_LENGTH);
        return keys.containsKey(PREFIX + id) ? freshId() : id;
    }

    private String secret(String id) {
        byte[] bits = new byte[SECRET_BYTES];
        random.nextBytes(bits);
        return SECRET + id + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    private static String hex(String secret) {
        return HexFormat.of().formatHex(hash(secret));
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package dev.faultline.api.keys;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;

import dev.faultline.keys.SecuritySettings;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The public keys of an OpenID provider. They are fetched when the first token needs them, again
 * after some minutes, and when a token names a key that is not among them. However many such tokens
 * come, the provider is asked once in a few seconds. Keys once fetched stay while it is away.
 */
final class ProviderKeys implements JWKSource<SecurityContext> {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);

    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(TokenRefused.RETRY_SECONDS);
    private static final int PATIENCE_MS = 5000;
    private static final int MOST_BYTES = 1 << 20;

    private final SecuritySettings settings;
    private final DefaultResourceRetriever web =
            new DefaultResourceRetriever(PATIENCE_MS, PATIENCE_MS, MOST_BYTES);

    private @Nullable JWKSet keys;
    private @Nullable Exception failure;
    private long asked = System.nanoTime() - FRESH.toNanos();

    ProviderKeys(SecuritySettings settings) {
        this.settings = settings;
    }

    @Override
    public List<JWK> get(JWKSelector wanted, @Nullable SecurityContext context)
            throws KeySourceException {
        List<JWK> found = wanted.select(keysOf(FRESH));
        return found.isEmpty() ? wanted.select(keysOf(PAUSE)) : found;
    }

    /** The keys, which are asked for anew if the provider was last asked so long ago. */
    private synchronized JWKSet keysOf(Duration age) throws RemoteKeySourceException {
        Duration most = keys == null ? PAUSE : age;
        if (System.nanoTime() - asked >= most.toNanos()) {
            ask();
        }
        JWKSet known = keys;
        if (known == null) {
            throw new RemoteKeySourceException("there are no keys", failure);
        }
        return known;
    }

    private void ask() {
        try {
            String where = settings.jwkSetUri().isEmpty() ? placeOfKeys() : settings.jwkSetUri();
            keys = JWKSet.parse(read(where));
            if (failure != null) {
                LOG.info("The OpenID provider gives its keys again");
            }
            failure = null;
        } catch (IOException | ParseException | IllegalArgumentException e) {
            if (failure == null) {
                LOG.warn("The OpenID provider does not give its keys: {}", e.toString());
            }
            failure = e;
        }
        asked = System.nanoTime();
    }

    private String placeOfKeys() throws IOException, ParseException {
        String issuer = settings.issuerUri();
        Map<String, Object> told =
                JSONObjectUtils.parse(
                        read(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration"));
        if (!issuer.equals(told.get("issuer"))) {
            throw new IOException("it calls itself " + told.get("issuer") + ", not " + issuer);
        }
        return String.valueOf(told.get("jwks_uri"));
    }

    private String read(String address) throws IOException {
        URI uri = URI.create(address);
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new IOException("its keys are not on the web: " + address);
        }
        return web.retrieveResource(uri.toURL()).getContent();
    }
}

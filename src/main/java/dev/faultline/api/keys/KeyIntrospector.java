package dev.faultline.api.keys;

import dev.faultline.keys.KeyStore;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Role;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

import java.util.ArrayList;
import java.util.List;

/** Finds out whom the secret of a request stands for. */
final class KeyIntrospector implements OpaqueTokenIntrospector {

    /** What a key has that measures every tenant. */
    static final String MEASURES_ALL = "MEASURES_ALL";

    private final KeyStore keys;

    private final @Nullable TokenReader tokens;

    /**
     * @param tokens reads those of the OpenID provider; null if there is none
     */
    KeyIntrospector(KeyStore keys, @Nullable TokenReader tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    @Override
    public OAuth2AuthenticatedPrincipal introspect(String secret) {
        Caller caller = keys.callerOf(secret);
        if (caller == null && tokens != null && TokenReader.isToken(secret)) {
            caller = tokens.callerOf(secret);
        }
        if (caller == null) {
            throw new BadOpaqueTokenException("no such key");
        }
        List<GrantedAuthority> authorities = new ArrayList<>();
        authorities.add(new SimpleGrantedAuthority(caller.role().name()));
        if (caller.role() == Role.METRICS && caller.seesAll()) {
            authorities.add(new SimpleGrantedAuthority(MEASURES_ALL));
        }
        return new KnownCaller(caller, authorities);
    }
}

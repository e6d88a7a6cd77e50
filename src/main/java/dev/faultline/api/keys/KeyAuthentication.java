package dev.faultline.api.keys;

import dev.faultline.keys.KeyStore;
import dev.faultline.owners.Caller;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Finds out whom the secret of a request stands for. */
final class KeyAuthentication implements AuthenticationManager {

    private final KeyStore keys;

    private final @Nullable TokenReader tokens;

    /**
     * @param tokens reads those of the OpenID provider; null if there is none
     */
    KeyAuthentication(KeyStore keys, @Nullable TokenReader tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    @Override
    public Authentication authenticate(Authentication request) {
        String secret = ((BearerTokenAuthenticationToken) request).getToken();
        Caller caller = keys.callerOf(secret);
        if (caller == null && tokens != null && TokenReader.isToken(secret)) {
            caller = tokens.callerOf(secret);
        }
        if (caller == null) {
            throw new InvalidBearerTokenException("no such key");
        }
        return new KnownCaller(caller);
    }
}

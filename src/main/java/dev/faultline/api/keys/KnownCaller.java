package dev.faultline.api.keys;

import dev.faultline.owners.Caller;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;

import java.util.Collection;
import java.util.Map;

/** A caller as Spring Security knows it. */
record KnownCaller(Caller caller, Collection<GrantedAuthority> authorities)
        implements OAuth2AuthenticatedPrincipal {

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of();
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
        return authorities;
    }

    @Override
    public String getName() {
        return caller.toString();
    }
}

package dev.faultline.api.keys;

import dev.faultline.owners.Caller;
import dev.faultline.owners.Role;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

import java.util.ArrayList;
import java.util.List;

/** A caller as Spring Security knows it. */
final class KnownCaller extends AbstractAuthenticationToken {

    /** What a key has that measures every tenant. */
    static final String MEASURES_ALL = "MEASURES_ALL";

    private static final long serialVersionUID = 1;

    private final transient Caller caller;

    KnownCaller(Caller caller) {
        super(authorities(caller));
        this.caller = caller;
        setAuthenticated(true);
    }

    private static List<GrantedAuthority> authorities(Caller caller) {
        List<GrantedAuthority> authorities = new ArrayList<>();
        authorities.add(new SimpleGrantedAuthority(caller.role().name()));
        if (caller.role() == Role.METRICS && caller.seesAll()) {
            authorities.add(new SimpleGrantedAuthority(MEASURES_ALL));
        }
        return authorities;
    }

    Caller caller() {
        return caller;
    }

    @Override
    public Object getPrincipal() {
        return caller;
    }

    @Override
    public Object getCredentials() {
        return "";
    }
}

package dev.faultline.api.keys;

import dev.faultline.keys.SecuritySettings;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.owners.Role;

import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out whom a signed token (JWT) of the OpenID provider stands for. */
final class TokenReader {

    private static final Pattern FORM = Pattern.compile("eyJ[\\w-]*\\.[\\w-]*\\.[\\w-]*");

    private static final String ROLES =
            Stream.of(Role.values()).map(TokenReader::word).collect(Collectors.joining(", "));

    private final SecuritySettings.Claims names;
    private final JwtDecoder decoder;

    TokenReader(SecuritySettings settings, Clock clock) {
        names = settings.claims();
        NimbusJwtDecoder nimbus =
                NimbusJwtDecoder.withJwkSource(new ProviderKeys(settings))
                        .jwsAlgorithms(all -> all.addAll(List.of(SignatureAlgorithm.values())))
                        .build();
        nimbus.setJwtValidator(rules(settings, clock));
        decoder = nimbus;
    }

    private static OAuth2TokenValidator<Jwt> rules(SecuritySettings settings, Clock clock) {
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setAllowEmptyExpiryClaim(false);
        times.setClock(clock);
        List<OAuth2TokenValidator<Jwt>> all = new ArrayList<>();
        all.add(times);
        all.add(new JwtIssuerValidator(settings.issuerUri()));
        if (!settings.audience().isEmpty()) {
            all.add(new JwtAudienceValidator(settings.audience()));
        }
        return new DelegatingOAuth2TokenValidator<>(all);
    }

    /** Whether a secret has the form of a signed token. */
    static boolean isToken(String secret) {
        return FORM.matcher(secret).matches();
    }

    /**
     * Whom a token stands for.
     *
     * @throws TokenRefused if it stands for nobody, or if that cannot be found out
     */
    Caller callerOf(String token) {
        return caller(read(token).getClaims());
    }

    private Jwt read(String token) {
        try {
            return decoder.decode(token);
        } catch (JwtValidationException e) {
            throw TokenRefused.bad(
                    e.getErrors().stream()
                            .map(OAuth2Error::getDescription)
                            .filter(Objects::nonNull)
                            .collect(Collectors.joining("; ")));
        } catch (BadJwtException e) {
            throw TokenRefused.bad("it is damaged, or has no signature of the provider");
        } catch (JwtException e) {
            throw TokenRefused.notJudged();
        }
    }

    private Caller caller(Map<String, Object> claims) {
        Role role = role(claims);
        return switch (role) {
            case ADMIN -> Caller.admin(tenantOfAdmin(claims));
            case TEACHER -> Caller.teacher(name(claims, names.tenant()));
            case METRICS -> Caller.metrics(name(claims, names.tenant()));
            case STUDENT ->
                    Caller.student(name(claims, names.tenant()), name(claims, names.student()));
        };
    }

    private String tenantOfAdmin(Map<String, Object> claims) {
        return find(claims, names.tenant()) == null
                ? Owner.LOCAL.tenant()
                : name(claims, names.tenant());
    }

    private Role role(Map<String, Object> claims) {
        Object given = find(claims, names.role());
        Collection<?> words = given instanceof Collection<?> list ? list : List.of(orNone(given));
        List<Role> known =
                Stream.of(Role.values()).filter(role -> words.contains(word(role))).toList();
        return switch (known.size()) {
            case 1 -> known.getFirst();
            case 0 -> throw badClaim(names.role(), "has none of the roles " + ROLES);
            default -> throw badClaim(names.role(), "has more than one of the roles " + ROLES);
        };
    }

    private static Object orNone(@Nullable Object given) {
        return given == null ? "" : given;
    }

    private static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static String name(Map<String, Object> claims, String claim) {
        Object given = find(claims, claim);
        if (given instanceof String name && Owner.isName(name)) {
            return name;
        }
        throw badClaim(claim, given == null ? "is missing" : "must match " + Owner.NAME);
    }

    private static @Nullable Object find(Map<String, Object> claims, String claim) {
        if (!claim.startsWith("/")) {
            return claims.get(claim);
        }
        Object found = claims;
        for (String step : claim.substring(1).split("/", -1)) {
            found = found instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return found;
    }

    private static TokenRefused badClaim(String claim, String why) {
        return TokenRefused.bad("its claim '" + claim + "' " + why);
    }
}

package dev.faultline.keys;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether callers need keys, described in docs/settings.md. They do if there is an admin's key, a
 * file of keys or an OpenID provider; else the service is open.
 *
 * @param adminKey the secret of an admin, at least 32 characters; "" for none
 * @param keysFile where keys are kept; "" to keep them in memory alone
 * @param open whether a service without keys may be reached from other computers
 * @param issuerUri the OpenID provider whose tokens are taken beside keys; "" for none
 * @param jwkSetUri where the provider's public keys are; "" to ask the provider
 * @param audience for whom its tokens must be meant; "" for anybody
 * @param claims what its tokens call what a key says
 */
@ConfigurationProperties("faultline.security")
public record SecuritySettings(
        @DefaultValue("") String adminKey,
        @DefaultValue("") String keysFile,
        @DefaultValue("false") boolean open,
        @DefaultValue("") String issuerUri,
        @DefaultValue("") String jwkSetUri,
        @DefaultValue("") String audience,
        @DefaultValue Claims claims) {

    /**
     * The names of claims. One that begins with / is a path into claims that hold others, such as
     * {@code /realm_access/roles}.
     *
     * @param tenant the class
     * @param student the student of the class
     * @param role the role, or a list with one role among other words
     */
    public record Claims(
            @DefaultValue("tenant") String tenant,
            @DefaultValue("sub") String student,
            @DefaultValue("role") String role) {}

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern WEB = Pattern.compile("https?://[^\\s?#]+");

    /** The least characters of an admin's key. */
    public static final int LEAST = 32;

    /**
     * @throws IllegalArgumentException if the admin's key is short enough to be guessed, or cannot
     *     be sent in a header; or if the provider's address is none
     */
    public SecuritySettings {
        if (!adminKey.isEmpty() && adminKey.length() < LEAST) {
            throw new IllegalArgumentException(
                    "FAULTLINE_ADMIN_KEY must have at least " + LEAST + " characters");
        }
        if (!adminKey.isEmpty() && !TOKEN.matcher(adminKey).matches()) {
            throw new IllegalArgumentException(
                    "FAULTLINE_ADMIN_KEY must be of letters, digits and -._~+/ (RFC 6750)");
        }
        if (!issuerUri.isEmpty() && !WEB.matcher(issuerUri).matches()) {
            throw new IllegalArgumentException(
                    "faultline.security.issuer-uri must be an address, such as"
                            + " https://login.example/realms/course");
        }
        if (issuerUri.isEmpty() && !(jwkSetUri + audience).isEmpty()) {
            throw new IllegalArgumentException(
                    "faultline.security.jwk-set-uri and audience need"
                            + " faultline.security.issuer-uri");
        }
    }

    /** Whether callers need keys; else everybody may do everything. */
    public boolean areKeysOn() {
        return !adminKey.isEmpty() || !keysFile.isEmpty() || areTokensOn();
    }

    /** Whether tokens of an OpenID provider are taken. */
    public boolean areTokensOn() {
        return !issuerUri.isEmpty();
    }

    /** The file of keys. */
    Path file() {
        return Path.of(keysFile);
    }

    @Override
    public String toString() {
        return "SecuritySettings[keysFile=" + keysFile + "]"; // the key is a secret
    }
}

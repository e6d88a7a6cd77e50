package dev.faultline.keys;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether callers need keys, described in docs/settings.md. They do if there is an admin's key or a
 * file of keys; else the service is open.
 *
 * @param adminKey the secret of an admin, at least 32 characters; "" for none
 * @param keysFile where keys are kept; "" to keep them in memory alone
 * @param open whether a service without keys may be reached from other computers
 */
@ConfigurationProperties("faultline.security")
public record SecuritySettings(
        @DefaultValue("") String adminKey,
        @DefaultValue("") String keysFile,
        @DefaultValue("false") boolean open) {

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    /** The least characters of an admin's key. */
    public static final int LEAST = 32;

    /**
     * @throws IllegalArgumentException if the admin's key is short enough to be guessed, or cannot
     *     be sent in a header
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
    }

    /** Whether callers need keys; else everybody may do everything. */
    public boolean areKeysOn() {
        return !adminKey.isEmpty() || !keysFile.isEmpty();
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

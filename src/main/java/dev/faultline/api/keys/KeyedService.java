package dev.faultline.api.keys;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Reason;
import dev.faultline.keys.SecuritySettings;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

import java.io.IOException;

/** What all requests about keys and tenants have in common. */
@Component
class KeyedService {

    private static final Logger LOG = LoggerFactory.getLogger(KeyedService.class);

    /** Changes the file of keys. */
    interface Writing<T> {
        T run() throws IOException;
    }

    private final SecuritySettings settings;

    KeyedService(SecuritySettings settings) {
        this.settings = settings;
    }

    /** Raises a 409 if the service has no keys. */
    void check() {
        if (!settings.areKeysOn()) {
            throw new ApiException(
                    Reason.SERVICE_OPEN, "the service has no keys: everybody may do everything");
        }
    }

    /** Changes the file of keys. Raises a 503 if that fails. */
    <T> T kept(Writing<T> writing) {
        try {
            return writing.run();
        } catch (IOException e) {
            LOG.error("the file of keys cannot be written", e);
            throw new ApiException(
                            Reason.STORE_UNAVAILABLE,
                            "the file of keys cannot be written; nothing was changed")
                    .withHeader(HttpHeaders.RETRY_AFTER, "60");
        }
    }
}

package dev.faultline.telemetry;

import jakarta.validation.constraints.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of metrics; docs/settings.md describes them.
 *
 * @param address host and port at which Prometheus reaches this service; if empty, {@code
 *     localhost} and the port that it listens on
 */
@Validated
@ConfigurationProperties("faultline.metrics")
record MetricsSettings(
        @Pattern(
                        regexp = "|([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?",
                        message = "must be a host, or a host and a port, such as faultline:8080")
                @DefaultValue("")
                String address) {}

package dev.faultline.api.web;

import jakarta.validation.constraints.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.util.List;

/**
 * Which web pages may use this server from elsewhere; docs/settings.md describes it.
 *
 * @param allowedOrigins origins such as {@code https://course.example}, or {@code *} for all; if
 *     empty, none
 */
@Validated
@ConfigurationProperties("faultline.cors")
record CorsSettings(
        @DefaultValue
                List<
                                @Pattern(
                                        regexp = "[*]|null|https?://[^/?#\\s*]+",
                                        message =
                                                "must be an origin, such as"
                                                        + " https://course.example, without a"
                                                        + " slash at its end")
                                String>
                        allowedOrigins) {}

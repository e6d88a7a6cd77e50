package dev.faultline.hosting;

import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

import java.nio.file.Path;

/**
 * Where traces are stored, described in docs/settings.md.
 *
 * @param directory the folder, made when it is first needed; "" for {@code faultline-traces} in the
 *     system's temporary folder
 * @param totalBytes bytes that all stored traces may take
 */
@Validated
@ConfigurationProperties("faultline.traces")
public record TraceSettings(
        @DefaultValue("") String directory,
        @Min(1 << 16) @DefaultValue("4294967296") long totalBytes) {

    /** The folder. */
    Path folder() {
        return directory.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "faultline-traces")
                : Path.of(directory);
    }
}

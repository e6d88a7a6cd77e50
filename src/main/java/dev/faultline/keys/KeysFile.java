package dev.faultline.keys;

import org.springframework.stereotype.Component;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The file that keys and tenants are kept in, if the settings name one. Each change replaces it as
 * a whole.
 */
@Component
class KeysFile {

    /** What the file has. */
    private record Content(List<Key> keys, List<Tenant> tenants) {}

    private final SecuritySettings settings;
    private final JsonMapper mapper;
    private Content content = new Content(List.of(), List.of());

    /**
     * Reads the file, if there is one.
     *
     * @throws UncheckedIOException if it is there and cannot be read
     */
    KeysFile(SecuritySettings settings, JsonMapper mapper) {
        this.settings = settings;
        this.mapper = mapper;
        if (!settings.keysFile().isEmpty()) {
            read();
        }
    }

    private void read() {
        try {
            content = mapper.readValue(Files.readAllBytes(settings.file()), Content.class);
        } catch (NoSuchFileException e) {
            return; // the first key makes it
        } catch (IOException e) {
            throw new UncheckedIOException("the file of keys cannot be read", e);
        } catch (JacksonException e) {
            throw new UncheckedIOException(
                    new IOException("the file of keys is damaged: " + settings.file(), e));
        }
    }

    synchronized List<Key> keys() {
        return content.keys();
    }

    synchronized List<Tenant> tenants() {
        return content.tenants();
    }

    /**
     * Keeps these keys in place of those before.
     *
     * @throws IOException if that fails; then those before stay
     */
    synchronized void keepKeys(List<Key> keys) throws IOException {
        write(new Content(keys, content.tenants()));
    }

    /**
     * Keeps these tenants in place of those before.
     *
     * @throws IOException if that fails; then those before stay
     */
    synchronized void keepTenants(List<Tenant> tenants) throws IOException {
        write(new Content(content.keys(), tenants));
    }

    private void write(Content next) throws IOException {
        if (!settings.keysFile().isEmpty()) {
            replaceFile(mapper.writeValueAsBytes(next));
        }
        content = next;
    }

    private void replaceFile(byte[] bytes) throws IOException {
        Path file = settings.file().toAbsolutePath();
        Files.createDirectories(file.getParent());
        Path draft =
                Files.createTempFile(
                        file.getParent(),
                        ".keys",
                        null,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(draft, bytes);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}

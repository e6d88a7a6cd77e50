package dev.faultline.api.web;

import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostedMachine;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

import java.util.function.LongPredicate;

/** Versions of a machine as entity tags: {@code "v12"}. */
public final class Versions {

    private Versions() {}

    /** The entity tag of a version, with its quotes. */
    public static String etag(long version) {
        return "\"v" + version + "\"";
    }

    /** The versions that an {@code If-Match} header accepts; without one, any. */
    public static LongPredicate wanted(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.strip().equals("*")) {
            return version -> true;
        }
        String[] tags = ifMatch.split(",", -1);
        return version -> {
            for (String tag : tags) {
                if (strong(tag.strip()).equals(etag(version))) {
                    return true;
                }
            }
            return false;
        };
    }

    /** A tag without the mark that it was made weak, as compression does. */
    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** An answer with what was read; no tag while the machine is in the middle of a trace. */
    public static <T> ResponseEntity<T> ok(HostedMachine.Versioned<T> read) {
        return tagged(ResponseEntity.ok(), read);
    }

    /** The same for an answer whose status and headers are there already. */
    public static <T> ResponseEntity<T> tagged(
            ResponseEntity.BodyBuilder response, HostedMachine.Versioned<T> read) {
        if (!read.inMotion()) {
            response.eTag(etag(read.version()));
        }
        return response.body(read.value());
    }

    /** An answer to a change. */
    public static ResponseEntity.BodyBuilder changed(HttpStatus status, Change change) {
        return ResponseEntity.status(status).eTag(etag(change.version()));
    }
}

package dev.faultline.api.pages;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Something that is sent as it is: a page, a style sheet, an image.
 *
 * @param type its media type
 * @param bytes its contents
 * @param tag its entity tag, which changes with the contents
 */
record Served(MediaType type, byte[] bytes, String tag) {

    static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    /** Nothing but our own style sheet and images; no script, no frame, no form. */
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";

    static Served of(MediaType type, byte[] bytes) {
        return new Served(type, bytes, tag(bytes));
    }

    static Served page(String html) {
        return of(HTML, html.getBytes(StandardCharsets.UTF_8));
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The answer; a browser keeps it, and asks each time whether it is still the same. */
    ResponseEntity<byte[]> answer() {
        return head().body(bytes);
    }

    /** The answer where {@code Accept} has decided what it is. */
    ResponseEntity<byte[]> answerByAccept() {
        return head().varyBy(HttpHeaders.ACCEPT).body(bytes);
    }

    private ResponseEntity.BodyBuilder head() {
        return ResponseEntity.ok()
                .eTag(tag)
                .contentType(type)
                .cacheControl(CacheControl.noCache())
                .header("Content-Security-Policy", POLICY);
    }
}

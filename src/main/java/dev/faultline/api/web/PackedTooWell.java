package dev.faultline.api.web;

import java.io.IOException;

/** A packed body of which so much comes that nobody means it. */
final class PackedTooWell extends IOException {

    private static final long serialVersionUID = 1;

    PackedTooWell(int ratio) {
        super(
                "a byte of the packed body became more than %d bytes; pack it less, or not at all"
                        .formatted(ratio));
    }
}

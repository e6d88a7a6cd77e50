package dev.faultline.testing;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** What a part of a machine saves, to be read again. */
public final class Saved {

    private Saved() {}

    /** All that a part writes. */
    public static byte[] bytes(Consumer<StateWriter> part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateWriter out = new StateWriter((chunk, length) -> bytes.write(chunk, 0, length));
        part.accept(out);
        out.flush();
        return bytes.toByteArray();
    }

    /** A reader of all that a part writes. */
    public static StateReader by(Consumer<StateWriter> part) {
        return new StateReader(new ByteArrayInputStream(bytes(part)));
    }
}

package dev.faultline.api.web;

import dev.faultline.machine.protocol.Signal;

import org.jspecify.annotations.Nullable;

/** A signal on the wire. */
public record SignalBody(String name, String code, @Nullable String address) {

    /** The body for a signal, or null for none. */
    public static @Nullable SignalBody of(@Nullable Signal signal) {
        return signal == null
                ? null
                : new SignalBody(
                        signal.code().signal(),
                        signal.code().name(),
                        signal.address() == Signal.NO_ADDRESS
                                ? null
                                : Address.format(signal.address()));
    }
}

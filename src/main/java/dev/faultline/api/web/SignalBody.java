package dev.faultline.api.web;

import dev.faultline.machine.protocol.Signal;

import org.jspecify.annotations.Nullable;

/** A signal on the wire. */
public record SignalBody(String name, String code, @Nullable String address) {

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

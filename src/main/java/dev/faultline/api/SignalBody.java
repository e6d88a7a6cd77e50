package dev.faultline.api;

import dev.faultline.machine.protocol.Signal;

import org.jspecify.annotations.Nullable;

/** A signal on the wire. */
record SignalBody(String name, String code, @Nullable String address) {

    static @Nullable SignalBody of(@Nullable Signal signal) {
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

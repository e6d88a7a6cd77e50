package dev.faultline.machine.state;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/** The digest of a state: the hash of everything it saves. */
public final class StateHash {

    private StateHash() {}

    /** SHA-256, in hexadecimal, of everything that {@code state} writes. */
    public static String of(Consumer<StateWriter> state) {
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        StateWriter out = new StateWriter((chunk, length) -> hash.update(chunk, 0, length));
        state.accept(out);
        out.flush();
        return HexFormat.of().formatHex(hash.digest());
    }
}

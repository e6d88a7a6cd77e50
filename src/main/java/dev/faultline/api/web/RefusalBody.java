package dev.faultline.api.web;

import dev.faultline.machine.protocol.Outcome;

/** A refusal by the simulated kernel, and its reason. It is a result, not a client's error. */
public record RefusalBody(RefusedBody refused) {

    /**
     * A refusal in short.
     *
     * @param error the name of the {@code errno} that a system call would set, as in ENOMEM
     * @param why the reason in words
     */
    record RefusedBody(String error, String why) {}

    static RefusalBody of(Outcome.Refused refused) {
        return new RefusalBody(new RefusedBody(refused.error(), refused.why()));
    }
}

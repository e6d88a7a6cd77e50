package dev.faultline.api;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.machine.Outcome;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** What the simulated kernel refuses, and why. It is a result, not an error of the client's. */
record RefusalBody(RefusedBody refused) {

    /** The name that a system call would set errno to, and the reason in words. */
    record RefusedBody(String error, String why) {}

    static ResponseEntity<?> answer(Outcome.Refused refused, HostedMachine.Change change) {
        return Versions.changed(HttpStatus.OK, change)
                .body(new RefusalBody(new RefusedBody(refused.error(), refused.why())));
    }
}

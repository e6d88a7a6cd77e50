package dev.faultline.api.web;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

import java.util.function.Function;

/** What the simulated kernel refuses, and why. It is a result, not an error of the client's. */
public record RefusalBody(RefusedBody refused) {

    /** The name that a system call would set errno to, and the reason in words. */
    record RefusedBody(String error, String why) {}

    /**
     * Carries out a command of one process. Answers 200 with what is read afterwards, or with the
     * refusal.
     */
    public static ResponseEntity<?> orElse(
            HostedMachine.Change change, Command command, Function<Machine, ?> body) {
        Outcome outcome = change.apply(command);
        if (outcome instanceof Outcome.Refused refused) {
            return answer(refused, change);
        }
        if (outcome instanceof Outcome.NoProcess) {
            throw Pids.impossible(outcome);
        }
        return Versions.changed(HttpStatus.OK, change).body(change.read(body));
    }

    public static ResponseEntity<?> answer(Outcome.Refused refused, HostedMachine.Change change) {
        return Versions.changed(HttpStatus.OK, change)
                .body(new RefusalBody(new RefusedBody(refused.error(), refused.why())));
    }
}

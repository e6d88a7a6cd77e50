package dev.faultline.api.web;

import dev.faultline.hosting.Change;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

import java.net.URI;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The answer to a command that has been carried out. If the kernel refused it, every answer is 200
 * with the refusal. If its process does not exist or has ended, every answer raises a problem.
 */
public final class Reply {

    private final Change change;
    private final Outcome outcome;

    private Reply(Change change, Outcome outcome) {
        this.change = change;
        this.outcome = outcome;
    }

    /** Carries out a command, and holds what it came to. */
    public static Reply to(Change change, Command command) {
        return new Reply(change, change.apply(command));
    }

    /** 200 with a view of the machine after the command. */
    public ResponseEntity<?> ok(Function<Machine, ?> view) {
        return ok(Outcome.class, (machine, any) -> view.apply(machine));
    }

    /** 200 with a view of the machine and of what the command came to. */
    public <O extends Outcome> ResponseEntity<?> ok(Class<O> kind, BiFunction<Machine, O, ?> view) {
        return answer(kind, any -> Versions.changed(HttpStatus.OK, change), view);
    }

    /** Does more as part of the same change, unless the kernel refused. */
    public <O extends Outcome> Reply then(Class<O> kind, Consumer<O> more) {
        if (!isRefused()) {
            more.accept(obeyed(kind));
        }
        return this;
    }

    /** 201 with the path of what was made, and a view of the machine after the command. */
    public ResponseEntity<?> created(String path, Function<Machine, ?> view) {
        return created(Outcome.class, any -> path, (machine, any) -> view.apply(machine));
    }

    /** 201 with the path of what was made, and a view of it. */
    public <O extends Outcome> ResponseEntity<?> created(
            Class<O> kind, Function<O, String> path, BiFunction<Machine, O, ?> view) {
        return answer(
                kind,
                made ->
                        Versions.changed(HttpStatus.CREATED, change)
                                .location(URI.create(path.apply(made))),
                view);
    }

    /** 204. */
    public ResponseEntity<?> noContent() {
        return isRefused() ? refusal() : Versions.changed(HttpStatus.NO_CONTENT, change).build();
    }

    private <O extends Outcome> ResponseEntity<?> answer(
            Class<O> kind,
            Function<O, ResponseEntity.BodyBuilder> head,
            BiFunction<Machine, O, ?> view) {
        if (isRefused()) {
            return refusal();
        }
        O found = obeyed(kind);
        return head.apply(found).body(change.read(machine -> view.apply(machine, found)));
    }

    private <O extends Outcome> O obeyed(Class<O> kind) {
        if (!kind.isInstance(outcome)) {
            throw Pids.impossible(outcome);
        }
        return kind.cast(outcome);
    }

    /** Whether the simulated kernel refused. Raises a problem if there is no process to obey. */
    private boolean isRefused() {
        if (outcome instanceof Outcome.NoProcess) {
            throw Pids.impossible(outcome);
        }
        return outcome instanceof Outcome.Refused;
    }

    private ResponseEntity<?> refusal() {
        return Versions.changed(HttpStatus.OK, change)
                .body(RefusalBody.of((Outcome.Refused) outcome));
    }
}

package dev.faultline.api.web;

import dev.faultline.history.Request;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.owners.Caller;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

import java.util.Map;
import java.util.function.Function;
import java.util.function.LongPredicate;

/**
 * The machine that a request is to change, and the versions at which {@code If-Match} allows it.
 */
public final class Mutation extends Subject {

    private final LongPredicate versionWanted;

    private final Request request;

    Mutation(
            MachineHost host,
            Caller caller,
            Map<String, String> path,
            @Nullable String ifMatch,
            Request request) {
        super(host, caller, path, null);
        versionWanted = Versions.wanted(ifMatch);
        this.request = request;
    }

    /** What history keeps of the request. */
    public Request request() {
        return request;
    }

    /** The versions of the machine at which the request may change it. */
    public LongPredicate versionWanted() {
        return versionWanted;
    }

    /**
     * Begins the change, once earlier changes are done. Raises a 404 if there is no machine, a 412
     * if it is at another version, and a 409 if it stays busy.
     */
    public Change begin() {
        return machine().change(caller().owner(), versionWanted, request);
    }

    /** Does work as one change of the machine, as {@link #begin} begins it. */
    public <T> T change(Function<Change, T> work) {
        try (Change change = begin()) {
            return work.apply(change);
        }
    }

    /** Makes one command the whole change. Answers 200 with a view, or the kernel's refusal. */
    public ResponseEntity<?> apply(Command command, Function<Machine, ?> view) {
        return change(change -> Reply.to(change, command).ok(view));
    }
}

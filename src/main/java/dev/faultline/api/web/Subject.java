package dev.faultline.api.web;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostedMachine.Versioned;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.Machine;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The machine that a request's path names, and its process where the path has one. Both are looked
 * up when they are first asked for, and not before the request's body has been checked.
 */
public sealed class Subject permits Mutation {

    static final String MACHINE = "machine";
    static final String PID = "pid";

    private final MachineHost host;
    private final Caller caller;
    private final Map<String, String> path;
    private final @Nullable Long at;
    private @Nullable HostedMachine machine;

    /**
     * @param caller who asks
     * @param path the variables of the request's path
     * @param at the version that is asked about, or null for the present
     */
    Subject(MachineHost host, Caller caller, Map<String, String> path, @Nullable Long at) {
        this.host = host;
        this.caller = caller;
        this.path = path;
        this.at = at;
    }

    /** Who asks. */
    public final Caller caller() {
        return caller;
    }

    /** The version that is asked about, or null for the present. */
    public final @Nullable Long at() {
        return at;
    }

    /** The machine. Raises a 404 if there is none that the caller sees. */
    public final HostedMachine machine() {
        HostedMachine found = machine;
        if (found == null) {
            found = host.find(caller, variable(MACHINE));
            machine = found;
        }
        return found;
    }

    /** The machine's spec. Raises a 404 if there is no machine. */
    public final MachineSpec spec() {
        return machine().spec();
    }

    /**
     * The process's number, from 1 on. Raises a 404 if there is no machine, or if what the path has
     * is no pid; whether there is a process of this pid is not checked.
     */
    public final int pid() {
        machine();
        return Pids.parse(variable(PID));
    }

    /** Answers 200 with a view of the machine, and its version as entity tag. */
    public final <T> ResponseEntity<T> show(Function<Machine, T> view) {
        return Versions.ok(read(view));
    }

    /** Reads from the machine as it is at the version that is asked about. */
    public final <T> Versioned<T> read(Function<Machine, T> reader) {
        return machine().readAt(at, reader);
    }

    /** The path of something below the machine, such as {@code /processes/1}. */
    public final String path(String below) {
        return "/v1/machines/" + caller.nameOf(machine().owner(), machine().id()) + below;
    }

    private String variable(String name) {
        return Objects.requireNonNull(path.get(name), name);
    }
}

package dev.faultline.api.web;

import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.ProcessView;

import java.util.regex.Pattern;

/** Process ids in paths and queries, and what is answered when there is no such process. */
public final class Pids {

    private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,8}");

    private Pids() {}

    /** The number in a path; anything that is no pid names no process. */
    public static int parse(String text) {
        if (!PID.matcher(text).matches()) {
            throw ApiException.noSuchProcess(text);
        }
        return Integer.parseInt(text);
    }

    /** The process of a pid; raises a 404 if it was never made. */
    public static ProcessView view(Machine machine, int pid) {
        return machine.inspect()
                .process(pid)
                .orElseThrow(() -> ApiException.noSuchProcess(Integer.toString(pid)));
    }

    /** The problem for a command that named a process that is not there or has ended. */
    public static ApiException impossible(Outcome outcome) {
        if (outcome instanceof Outcome.NoProcess(int pid, Outcome.NoProcess.Why why)) {
            return switch (why) {
                case ENDED -> ApiException.processExited(pid);
                case BLOCKED -> ApiException.processBlocked(pid);
                case UNKNOWN ->
                        pid == Command.KERNEL
                                ? ApiException.noKernelMapping()
                                : ApiException.noSuchProcess(Integer.toString(pid));
            };
        }
        throw new IllegalStateException("unexpected outcome " + outcome);
    }
}

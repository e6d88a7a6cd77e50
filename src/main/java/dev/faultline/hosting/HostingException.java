package dev.faultline.hosting;

import dev.faultline.quotas.Quota;

import org.jspecify.annotations.Nullable;

/** A request about a machine that cannot be met, or no further; {@link #version} says which. */
public final class HostingException extends Refusal {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** No machine has this id. */
        NO_SUCH_MACHINE,
        /** A machine has this id already. */
        MACHINE_EXISTS,
        /** The server hosts as many machines as it may. */
        TOO_MANY_MACHINES,
        /** All machines together hold as much memory as they may. */
        SERVER_FULL,
        /** The owner has or does as much of something as it may. */
        QUOTA_EXCEEDED,
        /** No trace has this name. */
        NO_SUCH_TRACE,
        /** The stored traces take as many bytes as they may. */
        TRACES_FULL,
        /** What is stored as a trace is not what it was. */
        TRACE_DAMAGED,
        /** The disk that the traces are on is full or does not work. */
        STORE_UNAVAILABLE,
        /** No operation has this id. */
        NO_SUCH_OPERATION,
        /** As many operations are running or waiting as may be. */
        TOO_MANY_OPERATIONS,
        /** Another change to the machine has taken too long. */
        MACHINE_BUSY,
        /** Another request has reset or deleted the machine while this one changed it. */
        REQUEST_INTERRUPTED,
        /** The machine is at another version than the caller asked for. */
        VERSION_MISMATCH,
        /** The machine's history does not go back to this version any more. */
        VERSION_LOST,
        /** The machine has not come to this version yet. */
        NO_SUCH_VERSION,
        /** A command broke off half-way on this machine, and it is not changed any more. */
        MACHINE_QUARANTINED
    }

    private final Reason reason;
    private @Nullable Long accesses;
    private @Nullable Long version;
    private @Nullable Long oldest;
    private transient @Nullable Excess excess;

    /** Of what an owner has or does as much as it may, and how much that is. */
    public record Excess(Quota quota, long limit, long used) {}

    HostingException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    HostingException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The problem of an owner who has or does as much of something as it may. */
    public static HostingException over(Quota quota, long limit, long used) {
        HostingException problem =
                new HostingException(
                        Reason.QUOTA_EXCEEDED,
                        "you may have at most %d %s, and have %d"
                                .formatted(limit, quota.words(), used));
        problem.excess = new Excess(quota, limit, used);
        return problem;
    }

    /** What there is too much of, or null if it is not what this is about. */
    public @Nullable Excess excess() {
        return excess;
    }

    /** The same of a request that had made some accesses, and with them a version. */
    HostingException after(long madeAccesses, long madeVersion) {
        accesses = madeAccesses;
        version = madeVersion;
        return this;
    }

    /** The same of a machine whose history goes back to a version. */
    HostingException oldest(long oldestVersion) {
        oldest = oldestVersion;
        return this;
    }

    /** The oldest version that is kept, or null if it is not what this is about. */
    public @Nullable Long oldest() {
        return oldest;
    }

    /** Accesses that the request had made, or null if nothing was changed. */
    public @Nullable Long accesses() {
        return accesses;
    }

    /** The machine's version that came of them, or null if nothing was changed. */
    public @Nullable Long version() {
        return version;
    }

    /** Why the request could not be met. */
    public Reason reason() {
        return reason;
    }
}

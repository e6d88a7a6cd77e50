package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes of stored traces and of those on their way in, of all owners and of each. */
final class TraceBytes {

    private final long most;
    private final Quotas quotas;

    /** Bytes of all traces and drafts. */
    private final AtomicLong held = new AtomicLong();

    /** Bytes of the drafts of each owner. */
    private final Map<Owner, AtomicLong> drafts = new ConcurrentHashMap<>();

    TraceBytes(long most, Quotas quotas) {
        this.most = most;
        this.quotas = quotas;
    }

    /** Counts bytes of a trace that is there, or is no longer there. */
    void count(long bytes) {
        held.addAndGet(bytes);
    }

    /**
     * Counts bytes by which a draft grows. Raises {@link HostingException}, and counts nothing, if
     * there is no room for them.
     *
     * @param stored bytes of the owner's traces
     */
    void grow(Owner owner, long more, long stored) {
        AtomicLong own = draftsOf(owner);
        long mostOfOwner = quotas.most(owner, Quota.STORED_BYTES);
        long used = stored + own.get();
        if (more > 0 && more > mostOfOwner - used) {
            throw HostingException.over(Quota.STORED_BYTES, mostOfOwner, used);
        }
        if (held.addAndGet(more) > most && more > 0) {
            held.addAndGet(-more);
            throw new HostingException(
                    Reason.TRACES_FULL,
                    "the stored traces, and those on their way in, may take "
                            + most
                            + " bytes; delete one first");
        }
        own.addAndGet(more);
    }

    /** A draft of so many bytes is a trace now. */
    void keep(Owner owner, long bytes) {
        draftsOf(owner).addAndGet(-bytes);
    }

    /** What was counted to a draft is gone. */
    void drop(Owner owner, long bytes) {
        keep(owner, bytes);
        count(-bytes);
    }

    private AtomicLong draftsOf(Owner owner) {
        return drafts.computeIfAbsent(owner, none -> new AtomicLong());
    }
}

package dev.faultline.api.web;

import dev.faultline.hosting.HostingException;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The event streams that are open: each keeps its connection for as long as it likes. */
@Component
public class Streams {

    /** A place among the streams, until it is closed. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private final Quotas quotas;
    private final Map<Owner, Integer> ofOwners = new ConcurrentHashMap<>();
    private final int most;
    private final Semaphore places;

    Streams(ApiSettings settings, Quotas quotas) {
        this.quotas = quotas;
        most = settings.eventStreams();
        places = new Semaphore(most);
    }

    /**
     * Takes a place for an owner. Raises {@link ApiException} if there is none left, and {@link
     * HostingException} if the owner has as many as it may.
     */
    public Place open(Owner owner) {
        take(owner);
        if (!places.tryAcquire()) {
            giveBack(owner);
            throw new ApiException(
                            Reason.TOO_MANY_STREAMS,
                            "this server keeps at most " + most + " event streams open")
                    .withHeader(HttpHeaders.RETRY_AFTER, "5");
        }
        return () -> {
            places.release();
            giveBack(owner);
        };
    }

    private void take(Owner owner) {
        long allowed = quotas.most(owner, Quota.STREAMS);
        ofOwners.compute(
                owner,
                (one, open) -> {
                    int has = open == null ? 0 : open;
                    if (has >= allowed) {
                        throw HostingException.over(Quota.STREAMS, allowed, has);
                    }
                    return has + 1;
                });
    }

    private void giveBack(Owner owner) {
        ofOwners.computeIfPresent(owner, (one, open) -> open == 1 ? null : open - 1);
    }

    /** How many streams of an owner are open. */
    public int openedBy(Owner owner) {
        return ofOwners.getOrDefault(owner, 0);
    }
}

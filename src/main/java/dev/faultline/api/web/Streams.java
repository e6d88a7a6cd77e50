package dev.faultline.api.web;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

import java.util.concurrent.Semaphore;

/** The event streams that are open: each keeps its connection for as long as it likes. */
@Component
public class Streams {

    /** A place among the streams, until it is closed. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    private final int most;
    private final Semaphore places;

    Streams(ApiSettings settings) {
        most = settings.eventStreams();
        places = new Semaphore(most);
    }

    /** Takes a place. Raises {@link ApiException} if there is none left. */
    public Place open() {
        if (!places.tryAcquire()) {
            throw new ApiException(
                            Reason.TOO_MANY_STREAMS,
                            "this server keeps at most " + most + " event streams open")
                    .withHeader(HttpHeaders.RETRY_AFTER, "5");
        }
        return places::release;
    }
}

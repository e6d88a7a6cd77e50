package dev.faultline.quotas;

import java.time.Duration;

/** What is limited for each owner. */
public enum Quota {
    /** Machines that there are. */
    MACHINES("machines", "machines at once", Duration.ZERO),
    /** Bytes of the server's memory that machines, their histories and work on them hold, about. */
    MACHINE_BYTES("machineBytes", "bytes of machines and their histories", Duration.ZERO),
    /** Bytes of stored traces, each of which counts whole to each owner. */
    STORED_BYTES("storedBytes", "bytes of stored traces", Duration.ZERO),
    /** Operations that run. */
    OPERATIONS("operations", "operations under way", Duration.ZERO),
    /** Event streams that are open. */
    STREAMS("streams", "event streams at once", Duration.ZERO),
    /** Requests. */
    REQUESTS_PER_MINUTE("requestsPerMinute", "requests a minute", Duration.ofMinutes(1)),
    /** Accesses of machines, those of sweeps, curves and the like too. */
    ACCESSES_PER_MINUTE("accessesPerMinute", "accesses a minute", Duration.ofMinutes(1)),
    /** Gradings of attempts. */
    GRADINGS_PER_HOUR("gradingsPerHour", "gradings an hour", Duration.ofHours(1));

    private final String key;
    private final String words;
    private final Duration period;

    Quota(String key, String words, Duration period) {
        this.key = key;
        this.words = words;
        this.period = period;
    }

    /** Its name in requests and answers. */
    public String key() {
        return key;
    }

    /** What it counts, in words. */
    public String words() {
        return words;
    }

    /** The time within which it counts; zero for what is held. */
    public Duration period() {
        return period;
    }
}

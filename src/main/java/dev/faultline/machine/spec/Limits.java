package dev.faultline.machine.spec;

/**
 * Where the simulated kernel refuses. The limits are part of the spec, so that the same commands
 * give the same answers on every server.
 *
 * @param processes processes made in the machine's life, ended ones included (pids are not reused)
 * @param tableBytes bytes of the host's memory for page tables and areas
 * @param contentBytes bytes of the host's memory for what clients stored in pages
 * @param events events kept for readers
 * @param areas areas of one process (Linux: {@code vm.max_map_count}, 65530)
 * @param stackBytes bytes that a stack may grow to (Linux: {@code RLIMIT_STACK}, 8 MiB)
 * @param handlerTries times that a process's own handler runs for one access before the process
 *     ends
 */
public record Limits(
        int processes,
        long tableBytes,
        long contentBytes,
        int events,
        int areas,
        long stackBytes,
        int handlerTries) {

    public static final Limits DEFAULT =
            new Limits(10_000, 64L << 20, 64L << 20, 4096, 65_530, 8L << 20, 3);
}

package dev.faultline.machine;

/**
 * Where the simulated kernel refuses. The limits are part of the spec, so that the same commands
 * give the same answers on every server.
 *
 * @param processes processes made in the machine's life, ended ones included (pids are not reused)
 * @param tableBytes bytes of the host's memory for page tables
 * @param contentBytes bytes of the host's memory for what clients stored in pages
 * @param events events kept for readers
 */
public record Limits(int processes, long tableBytes, long contentBytes, int events) {

    public static final Limits DEFAULT = new Limits(10_000, 64L << 20, 64L << 20, 4096);
}

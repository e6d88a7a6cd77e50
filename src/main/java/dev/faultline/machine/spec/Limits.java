package dev.faultline.machine.spec;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Resolution;
import dev.faultline.machine.fields.Section;

/**
 * Where the simulated kernel refuses. The limits are part of the spec, so that the same commands
 * give the same answers on every server. Each component is the field of the same name.
 */
public record Limits(
        int processes,
        long tableBytes,
        long contentBytes,
        int events,
        int areas,
        long stackBytes,
        int handlerTries) {

    /** Where limits stand. */
    public static final Section SECTION =
            Section.at("/limits", "Limits", "Where the simulated kernel refuses.");

    public static final Field<Long> PROCESSES =
            SECTION.smallNumber("processes", 1, Integer.MAX_VALUE)
                    .otherwise(10_000L)
                    .numbered(89)
                    .says(
                            "Processes made in the machine's life, ended ones included (pids are"
                                    + " not reused).");

    public static final Field<Long> TABLE_BYTES =
            SECTION.number("tableBytes", 4096, Long.MAX_VALUE)
                    .otherwise(64L << 20)
                    .numbered(90)
                    .says("Bytes of the host's memory for page tables and areas.");

    public static final Field<Long> CONTENT_BYTES =
            SECTION.number("contentBytes", 0, Long.MAX_VALUE)
                    .otherwise(64L << 20)
                    .numbered(91)
                    .says("Bytes of the host's memory for what clients stored in pages.");

    public static final Field<Long> EVENTS =
            SECTION.smallNumber("events", 1, Integer.MAX_VALUE)
                    .otherwise(4096L)
                    .numbered(92)
                    .says("Events kept for readers.");

    /** Linux: {@code vm.max_map_count}, 65530. */
    public static final Field<Long> AREAS =
            SECTION.smallNumber("areas", 1, Integer.MAX_VALUE)
                    .otherwise(65_530L)
                    .numbered(93)
                    .says("Areas of one process.");

    /** Linux: {@code RLIMIT_STACK}, 8 MiB. */
    public static final Field<Long> STACK_BYTES =
            SECTION.number("stackBytes", 0, Long.MAX_VALUE)
                    .otherwise(8L << 20)
                    .numbered(94)
                    .says("Bytes that a stack may grow to.");

    public static final Field<Long> HANDLER_TRIES =
            SECTION.smallNumber("handlerTries", 1, 100)
                    .otherwise(3L)
                    .numbered(95)
                    .says(
                            "Times that a process's own handler runs for one access before the"
                                    + " process ends.");

    /** The limits that a spec comes to. */
    static Limits of(Resolution spec) {
        return spec.make(Limits.class, SECTION);
    }
}

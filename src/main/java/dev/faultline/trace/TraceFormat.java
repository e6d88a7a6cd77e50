package dev.faultline.trace;

import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.util.Locale;

/** The formats of memory traces, by media type. */
public enum TraceFormat {

    /** What {@code valgrind --tool=lackey --trace-mem=yes} prints. */
    LACKEY("text/x-lackey"),

    /** Dinero III's {@code din}, and Dinero IV's own format, which knows sizes. */
    DINERO("text/x-dinero"),

    /** What the examples {@code pinatrace} of Intel's Pin write. */
    PINATRACE("text/x-pinatrace"),

    /** An address a line, with R or W or neither; parameter {@code radix}. */
    ADDRESS("text/x-address"),

    /** Lines of {@code s} or {@code l}, an address, and a count of instructions. */
    UCSD("text/x-ucsd"),

    /** Page numbers, separated by commas or white space. */
    PAGES("text/x-pages"),

    /** What OSTEP's simulators take after {@code -a}: page numbers, separated by commas. */
    OSTEP("text/x-ostep"),

    /** Object numbers, one a line, as libCacheSim reads them: each is a page. */
    LIBCACHESIM("text/x-libcachesim"),

    /** libCacheSim's CSV: its columns are the parameters of the media type. */
    LIBCACHESIM_CSV("text/csv"),

    /** Little-endian words of 64 bits: the operation in the top 2, the address in the rest. */
    BINARY("application/octet-stream"),

    /** The input of NYU's third operating-systems lab: processes, and then instructions. */
    NYU_MMU("text/x-nyu-mmu"),

    /** A JSON object a line, which can name a process for each access. */
    NDJSON("application/x-ndjson"),

    /** One JSON object of two columns, {@code ops} and {@code addresses}. */
    COLUMNS("application/json");

    /** Bytes of one access of a text trace, at most. */
    public static final int MAX_ACCESS_SIZE = 1 << 20;

    private final String mediaType;

    TraceFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The format of a media type, whose parameters do not matter; null if there is none. */
    public static @Nullable TraceFormat ofMediaType(String mediaType) {
        int parameters = mediaType.indexOf(';');
        String bare = parameters < 0 ? mediaType : mediaType.substring(0, parameters);
        String name = bare.strip().toLowerCase(Locale.ROOT);
        for (TraceFormat format : values()) {
            if (format.mediaType.equals(name)) {
                return format;
            }
        }
        return null;
    }

    /** The value of a media type's parameter, in lower case and without quotes; null if none. */
    static @Nullable String parameter(String mediaType, String name) {
        String[] parts = mediaType.split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].strip().toLowerCase(Locale.ROOT).split("=", 2);
            if (pair[0].equals(name)) {
                return pair.length < 2 ? "" : pair[1].replace("\"", "");
            }
        }
        return null;
    }

    /** The type and subtype, as in {@code text/x-lackey}. */
    public String mediaType() {
        return mediaType;
    }

    /** Whether a trace of this format can name a process for each access. */
    public boolean namesProcesses() {
        return this == NDJSON || this == NYU_MMU;
    }

    /** Whether a trace of this format is of page numbers, and not of addresses. */
    public boolean isOfPages() {
        return this == PAGES || this == OSTEP || this == LIBCACHESIM || this == LIBCACHESIM_CSV;
    }

    /** Whether a trace of this format makes its processes itself, and can only be a machine's. */
    public boolean makesProcesses() {
        return this == NYU_MMU;
    }

    /** A reader of a trace of one process. The stream stays the caller's to close. */
    public TraceReader open(InputStream in, MachineSpec spec) {
        return open(in, spec, false);
    }

    /**
     * A reader of a trace for machines of this spec. The stream stays the caller's to close.
     *
     * @param wholeMachine whether each access names its process
     * @throws IllegalArgumentException for a whole machine, if the format cannot name processes
     */
    public TraceReader open(InputStream in, MachineSpec spec, boolean wholeMachine) {
        return open(in, spec, wholeMachine, mediaType);
    }

    /**
     * A reader that keeps to the parameters of the media type as it was given.
     *
     * @throws IllegalArgumentException if a parameter is not what it should be
     */
    public TraceReader open(
            InputStream in, MachineSpec spec, boolean wholeMachine, String givenType) {
        if (wholeMachine && !namesProcesses()) {
            throw new IllegalArgumentException(mediaType + " does not name processes");
        }
        return switch (this) {
            case LACKEY -> new LackeyReader(in);
            case DINERO -> new DineroReader(in);
            case PINATRACE -> new PinatraceReader(in);
            case ADDRESS -> new AddressReader(in, givenType);
            case UCSD -> new UcsdReader(in);
            case PAGES -> new PagesReader(in, spec, false);
            case OSTEP -> new PagesReader(in, spec, true);
            case LIBCACHESIM -> new ObjectsReader(in, spec, ObjectsReader.Columns.ONE);
            case LIBCACHESIM_CSV ->
                    new ObjectsReader(in, spec, ObjectsReader.Columns.of(givenType));
            case NYU_MMU -> new NyuMmuReader(in, spec);
            case BINARY -> new BinaryReader(in);
            case NDJSON -> new NdjsonReader(in, wholeMachine);
            case COLUMNS -> new ColumnsReader(in);
        };
    }
}

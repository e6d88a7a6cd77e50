package dev.faultline.trace;

import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;

/**
 * The formats of memory traces. A constant holds all that is known of its format: its media type,
 * what it keeps of an access, its traits, its reader and its writer.
 */
@SuppressWarnings("ImmutableEnumChecker") // readers and writers are functions without state
public enum TraceFormat {

    /** What {@code valgrind --tool=lackey --trace-mem=yes} prints. */
    LACKEY(
            "text/x-lackey",
            "operation, address, size",
            "what `valgrind --tool=lackey --trace-mem=yes` prints; `M` is a read, then a write;"
                    + " what valgrind says itself and `SB` lines are passed over.",
            (in, opening) -> new LackeyReader(in),
            (out, mediaType) -> out.lackey()),

    /** Dinero III's {@code din}, and Dinero IV's own format, which knows sizes. */
    DINERO(
            "text/x-dinero",
            "operation, address; size with `;version=4`",
            "`0|1|2 ADDR` (Dinero III) or `r|w|i ADDR [SIZE]` (Dinero IV), hexadecimal; labels 3 to"
                    + " 5 and `m`, `v`, `c` are passed over.",
            (in, opening) -> new DineroReader(in),
            (out, mediaType) -> out.dinero(isDineroIv(mediaType))) {
        @Override
        String parameters(String wanted) {
            return isDineroIv(wanted) ? ";version=4" : "";
        }
    },

    /** What the examples {@code pinatrace} of Intel's Pin write. */
    PINATRACE(
            "text/x-pinatrace",
            "read or write, address, size",
            "`0xIP: R|W 0xADDR`; lines that begin with `#` are passed over, and `#eof` may be"
                    + " missing.",
            (in, opening) -> new PinatraceReader(in),
            (out, mediaType) -> out.pinatrace()),

    /** An address a line, with R or W or neither; parameter {@code radix}. */
    ADDRESS(
            "text/x-address",
            "read or write, address",
            "an address a line, with `R` or `W` before or after it or neither; hexadecimal, or"
                    + " decimal with `;radix=10`.",
            (in, opening) -> new AddressReader(in, opening.mediaType()),
            (out, mediaType) -> out.addresses(AddressReader.isDecimal(mediaType))) {
        @Override
        String parameters(String wanted) {
            return AddressReader.isDecimal(wanted) ? ";radix=10" : "";
        }
    },

    /** Lines of {@code s} or {@code l}, an address, and a count of instructions. */
    UCSD(
            "text/x-ucsd",
            "read or write, address",
            "`s|l 0xADDR n`.",
            (in, opening) -> new UcsdReader(in),
            (out, mediaType) -> out.ucsd()),

    /** Page numbers, separated by commas or white space. */
    PAGES(
            "text/x-pages",
            "page, tick",
            "page numbers, with commas or white space; `T` is a tick.",
            (in, opening) -> new PagesReader(in, opening.spec(), false),
            (out, mediaType) -> out.pages("", '\n', true),
            Trait.OF_PAGES),

    /** What OSTEP's simulators take after {@code -a}: page numbers, separated by commas. */
    OSTEP(
            "text/x-ostep",
            "page",
            "page numbers after `-a` or `--addresses=`, without ticks.",
            (in, opening) -> new PagesReader(in, opening.spec(), true),
            (out, mediaType) -> out.pages("-a ", ',', false),
            Trait.OF_PAGES),

    /** Object numbers, one a line, as libCacheSim reads them: each is a page. */
    LIBCACHESIM(
            "text/x-libcachesim",
            "page",
            "an object number a line, which is a page.",
            (in, opening) -> new ObjectsReader(in, opening.spec(), ObjectsReader.Columns.ONE),
            (out, mediaType) -> out.pages("", '\n', false),
            Trait.OF_PAGES),

    /** libCacheSim's CSV: its columns are the parameters of the media type. */
    LIBCACHESIM_CSV(
            "text/csv",
            "page",
            "object numbers in the column `;obj-id-col=2`; `;has-header=true` passes over a line.",
            (in, opening) ->
                    new ObjectsReader(
                            in, opening.spec(), ObjectsReader.Columns.of(opening.mediaType())),
            (out, mediaType) -> out.csv(),
            Trait.OF_PAGES),

    /** Little-endian words of 64 bits: the operation in the top 2, the address in the rest. */
    BINARY(
            "application/octet-stream",
            "operation, address, tick",
            "little-endian words of 64 bits, the address in the low 62, the operation in the top"
                    + " 2: 0 read, 1 write, 2 execute, 3 tick.",
            (in, opening) -> new BinaryReader(in),
            (out, mediaType) -> out.binary()),

    /** The input of NYU's third operating-systems lab: processes, and then instructions. */
    NYU_MMU(
            "text/x-nyu-mmu",
            "pages of a process",
            "processes with their areas, then instructions.",
            (in, opening) -> new NyuMmuReader(in, opening.spec()),
            (out, mediaType) -> out.lab(),
            Trait.NAMES_PROCESSES,
            Trait.MAKES_PROCESSES),

    /** A JSON object a line, which can name a process for each access. */
    NDJSON(
            "application/x-ndjson",
            "all (sizes of 1, 2, 4, 8)",
            "an access a line.",
            (in, opening) -> new NdjsonReader(in, opening.wholeMachine()),
            (out, mediaType) -> out.ndjson(),
            Trait.NAMES_PROCESSES),

    /** One JSON object of two columns, {@code ops} and {@code addresses}. */
    COLUMNS(
            "application/json",
            "operation, address, tick",
            "two columns.",
            (in, opening) -> new ColumnsReader(in),
            (out, mediaType) -> out.columns());

    /** Bytes of one access of a text trace, at most. */
    public static final int MAX_ACCESS_SIZE = 1 << 20;

    /** What sets a format apart from most. */
    private enum Trait {
        /** It can name a process for each access. */
        NAMES_PROCESSES,
        /** It makes its processes itself. */
        MAKES_PROCESSES,
        /** It has page numbers, and no addresses. */
        OF_PAGES
    }

    /** For which machine, and with which parameters of the media type, a trace is read. */
    private record Opening(MachineSpec spec, boolean wholeMachine, String mediaType) {}

    /** Makes a format's reader. */
    private interface Reading {
        TraceReader open(InputStream in, Opening opening);
    }

    /** Writes a whole trace in a format. */
    private interface Writing {
        void write(TraceExport out, String mediaType) throws IOException;
    }

    private final String mediaType;
    private final String keeps;
    private final String words;
    private final Reading reading;
    private final Writing writing;
    private final List<Trait> traits;

    TraceFormat(
            String mediaType,
            String keeps,
            String words,
            Reading reading,
            Writing writing,
            Trait... traits) {
        this.mediaType = mediaType;
        this.keeps = keeps;
        this.words = words;
        this.reading = reading;
        this.writing = writing;
        this.traits = List.of(traits);
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
        return traits.contains(Trait.NAMES_PROCESSES);
    }

    /** Whether a trace of this format is of page numbers, and not of addresses. */
    public boolean isOfPages() {
        return traits.contains(Trait.OF_PAGES);
    }

    /** Whether a trace of this format makes its processes itself, and can only be a machine's. */
    public boolean makesProcesses() {
        return traits.contains(Trait.MAKES_PROCESSES);
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
        return reading.open(in, new Opening(spec, wholeMachine, givenType));
    }

    /** What the format keeps of a stored trace, as docs/traces.md says it. */
    public String keeps() {
        return keeps;
    }

    /** What a trace of this format looks like, in Markdown. */
    public String words() {
        return words;
    }

    /**
     * The media type that is written where {@code wanted} is asked for: this format's, with the
     * parameters that matter.
     *
     * @throws IllegalArgumentException if a parameter has a value that it cannot have
     */
    public String writtenType(String wanted) {
        return mediaType + parameters(wanted);
    }

    /** The parameters of a wanted media type that matter to the writer, as in {@code ;radix=10}. */
    String parameters(String wanted) {
        return "";
    }

    /**
     * Writes a stored trace. What the format has no word for is lost, see {@link #keeps}.
     *
     * @param givenType a media type as {@link #writtenType} makes it
     * @param pageSize bytes of a page, a power of two, for formats of page numbers
     */
    public void write(StoredTrace trace, String givenType, long pageSize, OutputStream to)
            throws IOException {
        BufferedOutputStream out = new BufferedOutputStream(to, 1 << 16);
        writing.write(new TraceExport(trace, out, pageSize), givenType);
        out.flush();
    }

    private static boolean isDineroIv(String mediaType) {
        String version = parameter(mediaType, "version");
        if (version != null && !version.equals("3") && !version.equals("4")) {
            throw new IllegalArgumentException("version must be 3 or 4, not '" + version + "'");
        }
        return "4".equals(version);
    }
}

package dev.faultline.api.history;

import dev.faultline.history.HistoryRecord;
import dev.faultline.history.PackedSteps;
import dev.faultline.history.Step;
import dev.faultline.history.WholeHistory;
import dev.faultline.machine.Machine;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Writes the lines of an export. What may be long, the steps of a version and a state, is packed
 * while it is written, and never held as a whole.
 */
final class ExportWriter {

    private static final List<String> LONG_FIELDS = List.of("steps", "state");
    private static final byte[] NOTHING = {};

    private final OutputStream out;
    private final JsonMapper mapper;
    private final CheckedLines lines = new CheckedLines();

    ExportWriter(OutputStream out, JsonMapper mapper) {
        this.out = out;
        this.mapper = mapper;
    }

    /**
     * Writes the first line.
     *
     * @param head without the state
     * @param state the machine in that state, or null
     */
    void write(ExportLine.Head head, @Nullable Machine state) throws IOException {
        try (OutputStream line = begin(head)) {
            writeState(state, line);
        }
    }

    /**
     * Writes a line for each version.
     *
     * @param past gives the machine as it was at a version that a rewind led to
     */
    void write(WholeHistory whole, LongFunction<Machine> past) throws IOException {
        while (whole.heads().hasNext()) {
            CommandList commands = new CommandList();
            boolean[] leadsFurtherBack = {false};
            HistoryRecord made =
                    whole.heads()
                            .next(
                                    step -> {
                                        commands.add(step);
                                        leadsFurtherBack[0] |=
                                                step instanceof Step.Rewound to
                                                        && to.to() < whole.oldest();
                                    });
            RecordBody body = RecordBody.of(made, commands);
            ExportLine.Version version =
                    new ExportLine.Version(
                            body.version(),
                            body.request(),
                            body.commands(),
                            body.events(),
                            body.ticks(),
                            NOTHING,
                            null);
            try (OutputStream line = begin(version)) {
                name("steps", line);
                writePacked(steps -> PackedSteps.writeNext(whole.bodies(), steps), line);
                writeState(leadsFurtherBack[0] ? past.apply(made.version()) : null, line);
            }
        }
    }

    /** Writes the last line. */
    void write(ExportLine.End end) throws IOException {
        begin(end).close();
        out.flush();
    }

    private OutputStream begin(ExportLine fields) throws IOException {
        ObjectNode object = mapper.valueToTree(fields);
        byte[] json = mapper.writeValueAsBytes(object.remove(LONG_FIELDS));
        OutputStream line = lines.line(out);
        line.write(json, 0, json.length - 1); // without its brace
        return line;
    }

    private static void writeState(@Nullable Machine machine, OutputStream line)
            throws IOException {
        name("state", line);
        if (machine == null) {
            write("null", line);
            return;
        }
        write("{\"saved\":", line);
        writePacked(machine::saveAll, line);
        name("programs", line);
        writePacked(
                programs -> PackedSteps.writePrograms(machine.programs().values(), programs), line);
        write("}", line);
    }

    private static void name(String field, OutputStream line) throws IOException {
        write(",\"" + field + "\":", line);
    }

    private static void writePacked(Consumer<StateWriter> writing, OutputStream line)
            throws IOException {
        write("\"", line);
        PackedSteps.pack(writing, Base64.getEncoder().wrap(new Open(line)));
        write("\"", line);
    }

    private static void write(String text, OutputStream line) throws IOException {
        line.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream that stays open when what writes to it is closed. */
    private static final class Open extends FilterOutputStream {

        Open(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() {
            // the line goes on
        }
    }
}

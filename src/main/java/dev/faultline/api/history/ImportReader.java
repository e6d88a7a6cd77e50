package dev.faultline.api.history;

import dev.faultline.api.machines.MachineRequest;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.api.web.Reason;
import dev.faultline.history.HistoryRecord;
import dev.faultline.history.PackedSteps;
import dev.faultline.history.Packing;
import dev.faultline.history.Request;
import dev.faultline.history.Step;
import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Keeping;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.NewMachine;
import dev.faultline.hosting.Refusal;
import dev.faultline.hosting.Relived;
import dev.faultline.hosting.Reservation;
import dev.faultline.hosting.TraceStore;
import dev.faultline.machine.Machine;
import dev.faultline.machine.fields.InvalidSpecException;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.presets.Presets;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.UnreadableStateException;
import dev.faultline.owners.Caller;
import dev.faultline.trace.TraceProgram;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Reads an export line by line, and lets what it tells of happen again. What it cannot be is
 * refused with the line; the bytes that come out of it are bounded, however small it is packed.
 */
final class ImportReader {

    private static final String TRACE = "trace-";

    /** The most bytes of a spec. */
    private static final long MOST_SPEC_BYTES = 1 << 20;

    private final Caller caller;
    private final SpecValues bounds;
    private final TraceStore traces;
    private final MachineHost host;
    private final JsonMapper mapper;
    private final HistorySettings most;
    private final Reservation memory;
    private final ImportLines lines;

    /** Accesses that may still happen. */
    private long accessesLeft;

    ImportReader(
            Caller caller,
            InputStream body,
            HistorySettings most,
            SpecValues bounds,
            TraceStore traces,
            MachineHost host,
            JsonMapper mapper) {
        this.caller = caller;
        this.most = most;
        accessesLeft = most.importAccesses();
        memory = host.reserve(caller.owner());
        lines = new ImportLines(body, most, memory, mapper);
        this.bounds = bounds;
        this.traces = traces;
        this.host = host;
        this.mapper = mapper;
    }

    /** Counts what an obeyed command is about to do, which a short line may have much of. */
    private void count(Step.Obeyed step) {
        for (long size : step.sizes()) {
            if (size < 0 || size > accessesLeft) {
                throw lines.tooLarge("make at most " + most.importAccesses() + " accesses");
            }
            accessesLeft -= size;
        }
    }

    /** Makes the machine. Nothing is left of it if the export is refused. */
    HostedMachine make(@Nullable String id) {
        try (memory) {
            lines.advance();
            return make(id, head(lines.fields()));
        } finally {
            host.charge(caller.owner(), most.importAccesses() - accessesLeft);
        }
    }

    private HostedMachine make(@Nullable String id, ExportLine.Head head) {
        if (head.faultline() != ExportLine.FORM) {
            throw garbled("exports are read in the form " + ExportLine.FORM);
        }
        if (head.engine() != Machine.ENGINE) {
            throw new ApiException(
                            Reason.ENGINE_UNKNOWN,
                            "this server's machines obey by engine %d, and not by %d"
                                    .formatted(Machine.ENGINE, head.engine()))
                    .with("engine", head.engine())
                    .with("known", List.of(Machine.ENGINE));
        }
        if (!head.packing().equals(ExportController.packing())) {
            throw garbled("this server packs by " + ExportController.packing());
        }
        MachineSpec spec = reading(() -> spec(head));
        Preset preset = head.preset() == null ? null : preset(head.preset());
        try {
            return host.recreate(
                    caller.owner(),
                    new NewMachine(id, spec, preset, keeping(head)),
                    machine -> live(head, spec, machine));
        } catch (InvalidSpecException e) { // the preset does not fit the spec
            throw garbled(String.valueOf(e.getMessage()));
        }
    }

    private MachineSpec spec(ExportLine.Head head) {
        return MachineSpec.of(asked(head).over(null), bounds);
    }

    private Keeping keeping(ExportLine.Head head) {
        return reading(() -> asked(head).keeping().keeping(Duration.ZERO));
    }

    private MachineRequest asked(ExportLine.Head head) {
        return mapper.treeToValue(head.spec(), MachineRequest.class);
    }

    private Preset preset(String name) {
        return Presets.byName(name).orElseThrow(() -> garbled("no preset '" + name + "'"));
    }

    private void live(ExportLine.Head head, MachineSpec spec, Relived machine) {
        PackedSteps.Reader reader = new PackedSteps.Reader(spec, this::trace, lines::take);
        ExportLine.State first = head.state();
        if (first != null) {
            machine.begin(reading(() -> restored(first, spec, reader, machine)), oldest(head));
        } else if (head.oldestVersion() != 1) {
            throw garbled("a machine as it is made is at version 1");
        }
        while (true) {
            ExportLine next = next();
            switch (next) {
                case ExportLine.Version version -> live(version, spec, reader, machine);
                case ExportLine.End end -> {
                    end(end, machine);
                    return;
                }
                case ExportLine.Head again -> throw garbled("the export begins again");
            }
        }
    }

    private long oldest(ExportLine.Head head) {
        if (head.oldestVersion() < 1 || head.oldestVersion() > Long.MAX_VALUE / 2) {
            throw garbled("oldestVersion is no version");
        }
        return head.oldestVersion();
    }

    private void live(
            ExportLine.Version line, MachineSpec spec, PackedSteps.Reader reader, Relived machine) {
        if (line.version() != machine.version() + 1) {
            throw garbled("version " + (machine.version() + 1) + " should be next");
        }
        RecordBody.HistoryRequestBody asked = line.request();
        machine.begin(new Request(asked.operation(), asked.requestId(), asked.idempotencyKey()));
        ExportLine.State state = line.state();
        reading(
                () -> {
                    reader.steps(
                            unpacked(line.steps()),
                            step -> {
                                if (state != null
                                        && step
                                                instanceof
                                                Step.Rewound(long to, Machine.Numbers after)) {
                                    machine.become(
                                            restored(state, spec, reader, machine), to, after);
                                } else {
                                    if (step instanceof Step.Obeyed obeyed) {
                                        count(obeyed);
                                    }
                                    machine.live(step);
                                }
                                lines.forget();
                            });
                    return line;
                });
        HistoryRecord made = machine.end();
        compare(line.version(), "lastEvent", line.events().to(), made.lastEvent());
        compare(line.version(), "ticks", line.ticks(), made.ticks());
    }

    private Machine restored(
            ExportLine.State state, MachineSpec spec, PackedSteps.Reader reader, Relived machine) {
        Map<String, Program> programs =
                reader.programs(unpacked(state.programs())).stream()
                        .collect(Collectors.toMap(Program::id, each -> each, (one, same) -> one));
        return Machine.restore(
                spec, new StateReader(unpacked(state.saved())), programs, machine.memory());
    }

    private InputStream unpacked(byte[] packed) {
        try {
            return lines.unpacked(Packing.unpacking(new ByteArrayInputStream(packed)));
        } catch (IOException e) {
            throw new UnreadableStateException("packed bytes are damaged", e);
        }
    }

    private Program trace(String id) {
        if (!id.startsWith(TRACE)) {
            throw new UnreadableStateException("no program is called " + id);
        }
        try {
            return new TraceProgram(traces.find(caller, id.substring(TRACE.length())));
        } catch (Refusal e) {
            throw new UnreadableStateException(
                    "the stored trace "
                            + id.substring(TRACE.length())
                            + " is not here: store it first",
                    e);
        }
    }

    private void end(ExportLine.End end, Relived machine) {
        if (end.version() != machine.version()) {
            throw garbled("the last version is " + machine.version());
        }
        String found = machine.machine().digest();
        if (!found.equals(end.digest())) {
            throw differs(end.version(), "the digest", end.digest(), found);
        }
        if (!lines.isAtEnd()) {
            throw garbled("something follows the last line");
        }
    }

    private static void compare(long version, String what, long expected, long found) {
        if (expected != found) {
            throw differs(version, what, expected, found);
        }
    }

    private static ApiException differs(long version, String what, Object expected, Object found) {
        return new ApiException(
                        Reason.REPLAY_DIFFERS,
                        "at version %d %s is %s and not %s"
                                .formatted(version, what, found, expected))
                .with("version", version)
                .with("expected", String.valueOf(expected))
                .with("found", String.valueOf(found));
    }

    /** What goes wrong while a line is lived is the line's fault, unless it says otherwise. */
    private <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } catch (Refusal e) {
            throw e;
        } catch (JacksonException e) {
            throw garbled(String.valueOf(JsonErrors.of("/spec", e).getMessage()));
        } catch (InvalidSpecException | UnreadableStateException e) {
            throw garbled(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            throw garbled("no machine obeys this: " + e.getClass().getSimpleName());
        }
    }

    /** The next line; what it has says which kind it is. */
    private ExportLine next() {
        lines.advance();
        Map<String, Long> fields = lines.fields();
        if (fields.containsKey("digest")) {
            return parse(ExportLine.End.class);
        }
        return fields.containsKey("steps") ? parse(ExportLine.Version.class) : head(fields);
    }

    private ExportLine.Head head(Map<String, Long> fields) {
        if (fields.getOrDefault("spec", 0L) > MOST_SPEC_BYTES) {
            throw garbled("the spec is too long");
        }
        return parse(ExportLine.Head.class);
    }

    private <T extends ExportLine> T parse(Class<T> type) {
        T made = lines.as(type);
        if (made == null || !isWhole((Record) made)) {
            throw garbled("a field is missing");
        }
        return made;
    }

    /** Whether every component has a value that needs one. */
    private static boolean isWhole(Record made) {
        for (RecordComponent component : made.getClass().getRecordComponents()) {
            Object value;
            try {
                value = component.getAccessor().invoke(made);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            boolean missing =
                    value == null
                            && !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (missing || value instanceof Record inner && !isWhole(inner)) {
                return false;
            }
        }
        return true;
    }

    private ApiException garbled(String detail) {
        return lines.garbled(detail);
    }
}

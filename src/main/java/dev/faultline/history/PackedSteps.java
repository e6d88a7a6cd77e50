package dev.faultline.history;

import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** The steps of a record, and the programs of a state, in their written form and packed. */
public final class PackedSteps {

    private PackedSteps() {}

    /** Packs what a writer writes. */
    public static byte[] pack(Consumer<StateWriter> writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            pack(writing, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Packs what a writer writes into a stream, and closes it. */
    public static void pack(Consumer<StateWriter> writing, OutputStream packed) throws IOException {
        try (OutputStream packing = Packing.packing(packed)) {
            StateWriter out =
                    new StateWriter(
                            (chunk, length) -> {
                                try {
                                    packing.write(chunk, 0, length);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            writing.accept(out);
            out.flush();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Writes the steps of the next record. */
    public static void writeNext(RecordReader records, StateWriter out) {
        records.next(step -> step.write(out));
        out.writeNumber(0);
    }

    /** Writes programs. */
    public static void writePrograms(Collection<Program> programs, StateWriter out) {
        out.writeNumber(programs.size());
        programs.forEach(program -> Forms.writeProgram(program, out));
    }

    /** Reads packed things for machines of one spec. */
    public static final class Reader {

        private final Forms forms;
        private final MachineSpec spec;

        /**
         * @param traces finds stored traces by their programs' ids
         * @param memory is told the bytes of memory that what is read comes to take, and may refuse
         */
        public Reader(MachineSpec spec, Function<String, Program> traces, LongConsumer memory) {
            this.spec = spec;
            forms = new Forms(spec, traces::apply, memory);
        }

        /**
         * Reads the steps of a record, one at a time. Raises {@link UnreadableStateException} for
         * what is none.
         *
         * @param packed what {@link PackedSteps#writeNext} wrote
         */
        public void steps(InputStream packed, Consumer<Step> steps) {
            StateReader in = new StateReader(packed);
            for (Step step = Step.read(forms, in); step != null; step = Step.read(forms, in)) {
                if (step instanceof Step.Obeyed obeyed) {
                    CommandRules.check(obeyed.command(), spec);
                }
                steps.accept(step);
            }
            checkEnd(in);
        }

        /** Reads programs. Raises {@link UnreadableStateException} for what is none. */
        public List<Program> programs(InputStream packed) {
            StateReader in = new StateReader(packed);
            List<Program> programs = new ArrayList<>();
            for (int left = PackedAccesses.number(in, 0, Integer.MAX_VALUE); left > 0; left--) {
                programs.add(forms.readProgram(in));
            }
            checkEnd(in);
            return programs;
        }

        private static void checkEnd(StateReader in) {
            if (!in.isAtEnd()) {
                throw new UnreadableStateException("something follows the last step");
            }
        }
    }
}

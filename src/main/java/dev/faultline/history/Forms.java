package dev.faultline.history;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Program;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;
import dev.faultline.trace.TraceProgram;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The written form of commands and programs for machines of one spec: numbered kinds and fields,
 * little-endian. The numbers stand at the declarations. A command is its kind and the fields that
 * it has; a field is its number and its value; 0 ends them.
 */
final class Forms {

    private static final int RECORDED = 1;
    private static final int GENERATED = 2;
    private static final int STORED = 3;

    /** Finds stored traces by the ids of their programs. */
    interface StoredPrograms {
        /** Raises {@link UnreadableStateException} if there is none. */
        Program find(String id);
    }

    /** Bytes of memory of an element of a list, about. */
    private static final long ELEMENT_BYTES = 96;

    private final MachineSpec spec;
    private final StoredPrograms stored;
    private final LongConsumer memory;

    /**
     * @param memory is told the bytes of memory that what is read comes to take, and may refuse
     */
    Forms(MachineSpec spec, StoredPrograms stored, LongConsumer memory) {
        this.spec = spec;
        this.stored = stored;
        this.memory = memory;
    }

    /** Writes a command. */
    static void write(Command command, StateWriter out) {
        writeKind(command, out);
    }

    /** Reads a command. Raises {@link UnreadableStateException}. */
    Command read(StateReader in) {
        return readKind(Command.class, in);
    }

    private static void writeKind(Object value, StateWriter out) {
        RecordForm<?> form = RecordForm.of(value.getClass());
        out.writeNumber(form.number());
        writeRecord(form, value, out);
    }

    private <T> T readKind(Class<T> kinds, StateReader in) {
        return readRecord(RecordForm.kind(kinds, in.readNumber()), in);
    }

    private static void writeRecord(RecordForm<?> form, Object value, StateWriter out) {
        for (RecordForm.Part part : form.parts()) {
            Object of = part.of(value);
            if (of != null && !part.isDefault(of)) {
                out.writeNumber(part.number());
                write(of, part.type(), out);
            }
        }
        out.writeNumber(0);
    }

    private static void write(Object value, Class<?> type, StateWriter out) {
        switch (value) {
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Boolean flag -> out.writeBoolean(flag);
            case Double number -> out.writeLong(Double.doubleToLongBits(number));
            case String text -> out.writeString(text);
            case Enum<?> constant -> out.writeNumber(RecordForm.numberOf(constant));
            case ByteBuffer bytes -> {
                byte[] all = new byte[bytes.remaining()];
                bytes.duplicate().get(all);
                out.writeBytes(all);
            }
            case AccessBlock block -> PackedAccesses.write(block, out);
            case Program program -> writeProgram(program, out);
            case List<?> list -> {
                out.writeNumber(list.size());
                for (Object each : list) {
                    write(each, type, out);
                }
            }
            default -> {
                if (type.isSealed()) {
                    writeKind(value, out);
                } else {
                    writeRecord(RecordForm.of(value.getClass()), value, out);
                }
            }
        }
    }

    private <T> T readRecord(RecordForm<T> form, StateReader in) {
        Object[] values = form.defaults();
        for (long number = in.readNumber(); number != 0; number = in.readNumber()) {
            RecordForm.Part part = form.part(number);
            values[part.index()] =
                    part.isList() ? readList(part.type(), in) : read(part.type(), in);
        }
        return form.make(values);
    }

    private List<?> readList(Class<?> type, StateReader in) {
        int size = PackedAccesses.number(in, 0, Integer.MAX_VALUE);
        List<Object> list = new ArrayList<>();
        while (list.size() < size) {
            memory.accept(ELEMENT_BYTES);
            list.add(read(type, in));
        }
        return list;
    }

    private Object read(Class<?> type, StateReader in) {
        if (type == int.class || type == Integer.class) {
            return PackedAccesses.number(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (type == long.class || type == Long.class) {
            return in.readNumber();
        } else if (type == boolean.class) {
            return in.readBoolean();
        } else if (type == double.class) {
            return Double.longBitsToDouble(in.readLong());
        } else if (type == String.class) {
            return in.readString();
        } else if (type.isEnum()) {
            return RecordForm.constant(type, in.readNumber());
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.wrap(in.readBytes());
        } else if (type == AccessBlock.class) {
            return PackedAccesses.read(spec, in, memory);
        } else if (type == Program.class) {
            return readProgram(in);
        }
        return type.isSealed() ? readKind(type, in) : readRecord(RecordForm.of(type), in);
    }

    /** Whether a program has a written form. */
    static boolean canWrite(Program program) {
        return program instanceof RecordedProgram
                || program instanceof Generator
                || program instanceof TraceProgram;
    }

    static void writeProgram(Program program, StateWriter out) {
        switch (program) {
            case RecordedProgram recorded -> {
                out.writeNumber(RECORDED);
                long[] words = recorded.words();
                out.writeNumber(words.length);
                PackedAccesses.writeWords(words, words.length, out);
            }
            case Generator generator -> {
                out.writeNumber(GENERATED);
                out.writeNumber(generator.pageSize());
                writeRecord(RecordForm.of(Generator.Shape.class), generator.shape(), out);
            }
            case TraceProgram trace -> {
                out.writeNumber(STORED);
                out.writeString(trace.id());
            }
            default ->
                    throw new IllegalStateException(
                            "a program has no written form: " + program.getClass());
        }
    }

    Program readProgram(StateReader in) {
        long kind = in.readNumber();
        if (kind == RECORDED) {
            int count = PackedAccesses.number(in, 0, PackedAccesses.MOST);
            return RecordedProgram.of(PackedAccesses.readWords(count, in, memory));
        } else if (kind == GENERATED) {
            long pageSize = in.readNumber();
            Generator.Shape shape = readRecord(RecordForm.of(Generator.Shape.class), in);
            if (pageSize != spec.pageSize()) {
                throw new UnreadableStateException(
                        "a program is for pages of " + pageSize + " bytes");
            }
            CommandRules.check(shape, spec);
            return new Generator(shape, pageSize);
        } else if (kind == STORED) {
            return stored.find(in.readString());
        }
        throw new UnreadableStateException("no kind of program has the number " + kind);
    }
}

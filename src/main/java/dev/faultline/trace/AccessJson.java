package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.Named;

import java.io.InputStream;
import java.util.List;

/**
 * The grammar of one access in JSON, for traces and for batches: {@code
 * {"op":"write","address":"0x6004","size":4,"value":7}}. {@code op} and {@code address} are
 * required, {@code value} may stand only at a write, {@code pid} only where accesses name their
 * process, and there it must. A tick of the clock, {@code {"op":"tick"}}, is no access and has none
 * of these; where accesses name their process it may name one, which changes nothing. Anything else
 * is refused: unknown and repeated properties, numbers with a fraction, numbers in strings, null.
 *
 * <p>An instance reads one access after another and keeps the last. Not for several threads.
 */
public final class AccessJson {

    private static final int OP = 0;
    private static final int ADDRESS = 1;
    private static final int SIZE = 2;
    private static final int VALUE = 3;
    private static final int PID = 4;
    private static final int CPU = 5;

    private static final List<String> NAMES =
            List.of("op", "address", "size", "value", "pid", "cpu");

    private static final PropertyNameMatcher MATCHER =
            JsonText.FACTORY.constructNameMatcher(
                    NAMES.stream().map(Named::fromString).toList(), false);

    private final boolean wholeMachine;
    private final boolean sized;

    /** The properties met, a bit each. */
    private int met;

    private int op;
    private long address;
    private int size;
    private long value;
    private int pid;
    private int cpu;

    /**
     * @param wholeMachine whether each access names its process
     * @param sized whether the block is to know the size of each access, to answer what was read
     */
    public AccessJson(boolean wholeMachine, boolean sized) {
        this.wholeMachine = wholeMachine;
        this.sized = sized;
    }

    /**
     * A parser for accesses, with limits that suit them: no access needs a long string or deep
     * nesting. It reads UTF-8 and leaves the stream open.
     */
    public static JsonParser parser(InputStream in) {
        return JsonText.parser(in);
    }

    /**
     * Reads the access whose opening brace the parser stands on, to its closing brace, and adds it
     * to a block. Nothing is added of an access that is refused.
     *
     * @return the number of pieces added: one for each page that the access touches
     * @throws BadAccessException if it is no access, or lies beyond the address space
     */
    public int read(JsonParser parser, AccessBlock block) {
        parse(parser, block);
        return addTo(block);
    }

    /** The operation of the last access, of {@link Op}. */
    public int op() {
        return op;
    }

    /** The address of the last access. */
    public long address() {
        return address;
    }

    /** Bytes of the last access. */
    public int size() {
        return size;
    }

    /** Whether the last access says what to store. */
    public boolean hasValue() {
        return has(VALUE);
    }

    /** What the last access stores, unsigned; 0 if it does not say. */
    public long value() {
        return value;
    }

    /** The process of the last access; 0 where accesses do not name one. */
    public int pid() {
        return pid;
    }

    /** Reads an access, checks it and keeps it, without adding it. */
    void parse(JsonParser parser, AccessBlock block) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new BadAccessException(
                    null, "an access must be an object, not " + JsonText.found(parser));
        }
        int seen = 0;
        met = 0;
        size = 1;
        value = 0;
        pid = 0;
        int name = parser.nextNameMatch(MATCHER);
        while (name >= 0) {
            if ((seen & 1 << name) != 0) {
                throw new BadAccessException(NAMES.get(name), JsonText.twice(NAMES.get(name)));
            }
            seen |= 1 << name;
            if (parser.nextToken() != JsonToken.VALUE_NULL) { // null is as if it were left out
                met |= 1 << name;
                property(name, parser);
            }
            name = parser.nextNameMatch(MATCHER);
        }
        if (name != PropertyNameMatcher.MATCH_END_OBJECT) {
            String unknown = parser.currentName();
            throw new BadAccessException(
                    unknown, JsonText.unknown(unknown, String.join(", ", NAMES)));
        }
        check(block);
    }

    /** Adds the last access. Answers the number of pieces. */
    int addTo(AccessBlock block) {
        int from = block.count();
        int pieces = 1;
        if (op == Op.TICK) {
            block.addTick();
        } else if (sized || has(VALUE)) {
            pieces = block.addSized(op, address, size, has(VALUE), value);
        } else if (size > 1) {
            pieces = block.addSpan(op, address, size);
        } else {
            block.add(op, address);
        }
        if (wholeMachine) {
            block.setPid(from, pid);
        }
        if (has(CPU)) {
            block.setCpu(from, cpu);
        }
        return pieces;
    }

    private boolean has(int name) {
        return (met & 1 << name) != 0;
    }

    private void property(int name, JsonParser parser) {
        switch (name) {
            case OP -> op = op(parser);
            case ADDRESS -> address = JsonText.address(parser);
            case SIZE -> size = size(parser);
            case VALUE -> value = JsonText.unsigned(parser, "value");
            case CPU -> cpu = cpu(parser);
            default -> pid = pid(parser);
        }
    }

    private static int op(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            char[] text = parser.getStringCharacters();
            int from = parser.getStringOffset();
            int length = parser.getStringLength();
            for (int op = Op.READ; op <= Op.TICK; op++) {
                if (equal(Op.name(op), text, from, length)) {
                    return op;
                }
            }
        }
        throw JsonText.unfit(parser, "op", "\"read\", \"write\", \"execute\" or \"tick\"");
    }

    private static boolean equal(String word, char[] text, int from, int length) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (word.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static int size(JsonParser parser) {
        long found = JsonText.unsigned(parser, "size");
        if (found != 1 && found != 2 && found != 4 && found != 8) {
            throw JsonText.unfit(parser, "size", "1, 2, 4 or 8");
        }
        return (int) found;
    }

    private static int cpu(JsonParser parser) {
        long found = JsonText.unsigned(parser, "cpu");
        if (found < 0 || found > Integer.MAX_VALUE) {
            throw JsonText.unfit(parser, "cpu", "an integer from 0");
        }
        return (int) found;
    }

    private int pid(JsonParser parser) {
        if (!wholeMachine) {
            throw new BadAccessException(
                    "pid", "pid has a place only in the trace of a whole machine");
        }
        long found = JsonText.unsigned(parser, "pid");
        if (found < 1 || found > Integer.MAX_VALUE) {
            throw JsonText.unfit(parser, "pid", "an integer of 1 to " + Integer.MAX_VALUE);
        }
        return (int) found;
    }

    private void check(AccessBlock block) {
        require(OP);
        if (op == Op.TICK) {
            refuse(ADDRESS, SIZE, VALUE, CPU);
            return;
        }
        require(ADDRESS);
        if (wholeMachine) {
            require(PID);
        }
        if (has(VALUE) && op != Op.WRITE) {
            throw new BadAccessException("value", "value has a place only at a write");
        }
        if (size < Long.BYTES && value >>> 8 * size != 0) {
            throw new BadAccessException(
                    "value",
                    "value must fit the size, "
                            + size
                            + (size == 1 ? " byte" : " bytes")
                            + ": at most "
                            + ((1L << 8 * size) - 1)
                            + ", not "
                            + Long.toUnsignedString(value));
        }
        if (has(CPU) && cpu >= block.machineCpus()) {
            throw new BadAccessException(
                    "cpu",
                    "cpu must be below " + block.machineCpus() + ", the machine's processors");
        }
        if (!block.fits(address, size)) {
            throw new BadAccessException("address", BlockReader.beyond(block, address, size));
        }
    }

    /** A tick of the clock is no access, and has nothing of one. */
    private void refuse(int... names) {
        for (int name : names) {
            if (has(name)) {
                throw new BadAccessException(
                        NAMES.get(name), NAMES.get(name) + " has no place at a tick");
            }
        }
    }

    private void require(int name) {
        if (!has(name)) {
            throw new BadAccessException(NAMES.get(name), NAMES.get(name) + " is required");
        }
    }

    /** Raised for JSON that is no access. */
    public static final class BadAccessException extends RuntimeException {

        private final @Nullable String property;

        BadAccessException(@Nullable String property, String detail) {
            super(detail);
            this.property = property;
        }

        /** The property at fault; null if it is the access as a whole. */
        public @Nullable String property() {
            return property;
        }

        /** What was expected and what was found. Names the property. */
        public String detail() {
            return String.valueOf(getMessage());
        }
    }
}

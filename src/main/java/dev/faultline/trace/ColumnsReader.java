package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.trace.AccessJson.BadAccessException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads one JSON object of two columns: {@code {"ops":"rwx","addresses":[24580,"0x6004",0]}}; a
 * tick of the clock is the letter {@code t} and the address 0. The operations are kept, a byte
 * each; the addresses are streamed when they come after them, and kept too, fewer of them, when
 * they come first.
 */
final class ColumnsReader extends BlockReader {

    /** Operations at most. */
    static final int MAX_OPS = 1 << 24;

    /** Addresses that are kept at most when they come before the operations. */
    static final int MAX_KEPT = 1 << 20;

    private static final JsonFactory FACTORY = JsonText.factory(MAX_OPS);

    private final JsonParser parser;
    private final OpColumn ops = new OpColumn();
    private boolean hasOps;
    private boolean hasAddresses;
    private boolean begun;
    private boolean ended;

    /** Addresses that came before the operations. */
    private long[] kept = {};

    private int keptCount;

    /** Whether the parser is inside the column of addresses. */
    private boolean streaming;

    /** The number of the address being read. */
    private int index;

    ColumnsReader(InputStream in) {
        parser = FACTORY.createParser(ObjectReadContext.empty(), in);
    }

    @Override
    void fill(AccessBlock block, int target) throws IOException {
        try {
            if (!begun) {
                begun = true;
                begin();
            }
            while (block.count() < target && !ended) {
                next(block);
            }
        } catch (BadAccessException bad) {
            throw garbled("addresses[" + index + "]: " + bad.detail());
        } catch (JacksonException met) {
            throw JsonText.trouble(met, parser);
        }
    }

    /** Reads up to the first address, or past both columns if the addresses come first. */
    private void begin() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw garbled("expected an object of ops and addresses, found " + found());
        }
        while (!streaming && !(hasOps && hasAddresses)) {
            String name = parser.nextName();
            if (name == null) {
                throw garbled((hasOps ? "addresses" : "ops") + " is required");
            }
            checkName(name);
            JsonToken token = parser.nextToken();
            if (name.equals("ops")) {
                hasOps = true;
                if (token != JsonToken.VALUE_STRING) {
                    throw garbled("ops must be a string of r, w, x and t, not " + found());
                }
                parser.readString(ops);
            } else {
                hasAddresses = true;
                if (token != JsonToken.START_ARRAY) {
                    throw garbled("addresses must be an array, not " + found());
                }
                parser.nextToken();
                streaming = hasOps;
                keep();
            }
        }
    }

    private void checkName(String name) throws TraceException {
        boolean isOps = name.equals("ops");
        if (!isOps && !name.equals("addresses")) {
            throw garbled(JsonText.unknown(name, "ops, addresses"));
        }
        if (isOps ? hasOps : hasAddresses) {
            throw garbled(JsonText.twice(name));
        }
    }

    /** Keeps the addresses that come before the operations. */
    private void keep() throws TraceException {
        while (!streaming && parser.currentToken() != JsonToken.END_ARRAY) {
            if (keptCount == MAX_KEPT) {
                throw garbled(
                        "expected ops before addresses, or at most "
                                + MAX_KEPT
                                + " addresses, found more");
            }
            if (keptCount == kept.length) {
                kept = Arrays.copyOf(kept, Math.min(MAX_KEPT, Math.max(1024, 2 * keptCount)));
            }
            kept[keptCount++] = JsonText.address(parser);
            index = keptCount;
            parser.nextToken();
        }
        index = 0;
    }

    private void next(AccessBlock block) throws TraceException {
        if (streaming ? parser.currentToken() == JsonToken.END_ARRAY : index == keptCount) {
            end();
            return;
        }
        long address = streaming ? JsonText.address(parser) : kept[index];
        if (index == ops.count()) {
            throw garbled("expected as many addresses as ops, " + index + ", found more");
        }
        int op = ops.op(index);
        if (op < 0) {
            throw garbled(
                    "ops[" + index + "] must be r, w, x or t, not " + Excerpt.quote(ops.garbled()));
        }
        if (op == Op.TICK && address != 0) {
            throw new BadAccessException("addresses", BlockReader.TICK_WITH_ADDRESS);
        }
        if (!block.fits(address, 1)) {
            throw new BadAccessException("addresses", beyond(block, address, 1));
        }
        if (streaming) {
            pass(block, op, address);
        }
        block.add(op, address);
        index++;
    }

    /**
     * Goes on to what follows the address. If that is garbled, the address is still added, unless
     * the trace ends with it: then digits may be missing.
     */
    private void pass(AccessBlock block, int op, long address) {
        long end = parser.currentLocation().getByteOffset();
        try {
            parser.nextToken();
        } catch (JacksonException met) {
            if (parser.currentLocation().getByteOffset() > end) {
                block.add(op, address);
            }
            throw met;
        }
    }

    private void end() throws TraceException {
        if (index < ops.count()) {
            throw garbled("expected as many addresses as ops, " + ops.count() + ", found " + index);
        }
        String name = parser.nextName();
        if (name != null) {
            checkName(name);
        }
        if (parser.nextToken() != null) {
            throw garbled("expected the end after the object, found " + found());
        }
        ended = true;
        parser.close();
    }

    private String found() {
        return JsonText.found(parser);
    }

    private TraceException garbled(String detail) {
        return TraceException.atLine(parser.currentTokenLocation().getLineNr(), detail);
    }
}

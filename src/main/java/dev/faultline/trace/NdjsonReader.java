package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.trace.AccessJson.BadAccessException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads one access object a line, see {@link AccessJson}, with one parser over the whole stream.
 * Blank lines do not matter. A line is taken whole or not at all, so the parser is always at the
 * beginning of the next line before the access of this one is added.
 */
final class NdjsonReader extends BlockReader {

    private final JsonParser parser;
    private final AccessJson access;
    private boolean begun;
    private boolean ended;

    /** The line on which the value that the parser stands on begins. */
    private long line;

    NdjsonReader(InputStream in, boolean wholeMachine) {
        parser = JsonText.parser(in);
        access = new AccessJson(wholeMachine, false);
    }

    @Override
    void fill(AccessBlock block, int target) throws IOException {
        if (!begun) {
            begun = true;
            advance();
        }
        while (block.count() < target && !ended) {
            parse(block);
            long parsed = line;
            try {
                advance();
            } catch (TraceException later) {
                if (!Objects.equals(later.line(), parsed)) {
                    access.addTo(block);
                }
                throw later;
            }
            access.addTo(block);
        }
    }

    private void parse(AccessBlock block) throws IOException {
        try {
            access.parse(parser, block);
        } catch (BadAccessException bad) {
            throw TraceException.atLine(line, bad.detail());
        } catch (JacksonException met) {
            TokenStreamLocation place = met.getLocation();
            throw place != null && place.getLineNr() > line ? torn() : JsonText.trouble(met, line);
        }
        if (parser.currentLocation().getLineNr() != line) {
            throw torn();
        }
    }

    private TraceException torn() {
        return TraceException.atLine(
                line, "expected a whole access on one line, found one that does not end there");
    }

    /** Goes to the next line that is not blank, or to the end. */
    private void advance() throws IOException {
        JsonToken token;
        try {
            token = parser.nextToken();
        } catch (JacksonException met) {
            throw JsonText.trouble(met, parser);
        }
        if (token == null) {
            ended = true;
            parser.close();
            return;
        }
        long before = line;
        line = parser.currentTokenLocation().getLineNr();
        if (line == before) {
            throw TraceException.atLine(
                    line, "expected one access a line, found more on the same line");
        }
    }
}

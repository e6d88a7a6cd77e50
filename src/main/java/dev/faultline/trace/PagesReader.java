package dev.faultline.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a reference string as textbooks print it: decimal page numbers, separated by white space or
 * by a comma. Each is a read of the page's first byte; {@code T} among them is a tick of the clock.
 * A comma stands between two of these. Instead of ticks, the option {@code -a} of OSTEP's
 * simulators may stand before them.
 */
final class PagesReader extends BlockReader {

    private final TextFeed feed;
    private final int offsetBits;
    private final long lastPage;

    /** Whether a number or a tick has been read since the last comma. */
    private boolean number;

    /** The line of the last comma; 0 before the first. */
    private long commaLine;

    /** Whether the option that OSTEP's simulators take may stand before the first number. */
    private boolean optionMayCome;

    /** Whether ticks may stand among the numbers, which those simulators do not have. */
    private final boolean ticks;

    PagesReader(InputStream in, MachineSpec spec, boolean ostep) {
        optionMayCome = ostep;
        ticks = !ostep;
        feed = new TextFeed(in, true);
        offsetBits = spec.offsetBits();
        lastPage = spec.pages() - 1;
    }

    @Override
    void fill(AccessBlock block, int target) throws IOException {
        while (block.count() < target && feed.more()) {
            byte b = feed.bytes[feed.at];
            if (Digits.isDecimal(b)) {
                optionMayCome = false;
                block.add(Op.READ, page(block) << offsetBits);
                number = true;
            } else if (ticks && b == 'T' && TextFeed.isSeparator(feed.bytes[feed.at + 1])) {
                block.addTick();
                feed.at++;
                number = true;
            } else if (TextFeed.isSeparator(b)) {
                pass(b);
            } else if (optionMayCome && b == '-') {
                optionMayCome = false;
                feed.at = afterOption();
            } else {
                throw expected("a page number");
            }
        }
        if (block.count() < target && commaLine > 0 && !number) {
            throw TraceException.atLine(
                    commaLine, "expected a page number after the comma, found the end");
        }
    }

    /** Passes over {@code -a} or {@code --addresses}, and {@code =} if that follows. */
    private int afterOption() throws TraceException {
        String word = new String(feed.bytes, feed.at, wordEnd() - feed.at, US_ASCII);
        String option = word.startsWith("--addresses") ? "--addresses" : "-a";
        if (!word.startsWith(option)) {
            throw expected("-a, --addresses or a page number");
        }
        int next = feed.at + option.length();
        return feed.bytes[next] == '=' ? next + 1 : next;
    }

    private void pass(byte separator) throws TraceException {
        if (separator == ',') {
            if (!number) {
                throw expected("a page number before the comma");
            }
            commaLine = feed.line;
            number = false;
        }
        if (separator == '\n') {
            feed.line++;
        }
        feed.at++;
    }

    /** Reads a page number, which a separator always ends. */
    private long page(AccessBlock block) throws TraceException {
        byte[] bytes = feed.bytes;
        int next = feed.at;
        long page = 0;
        while (Digits.isDecimal(bytes[next]) && page <= lastPage) {
            page = page * 10 + bytes[next] - '0';
            next++;
        }
        if (page > lastPage) {
            throw outside(block);
        }
        if (!TextFeed.isSeparator(bytes[next])) {
            throw expected("a page number of decimal digits");
        }
        if (next - feed.at > TextFeed.MAX_LENGTH) {
            throw feed.tooLong(feed.at);
        }
        feed.at = next;
        return page;
    }

    private TraceException expected(String what) {
        String found = Excerpt.quote(feed.bytes, feed.at, Math.max(wordEnd(), feed.at + 1));
        return TraceException.atLine(feed.line, "expected " + what + ", found " + found);
    }

    private TraceException outside(AccessBlock block) {
        return TraceException.atLine(
                feed.line,
                "expected a page up to "
                        + lastPage
                        + " (the space's last address is 0x"
                        + Long.toHexString(block.lastAddress())
                        + "), found "
                        + Excerpt.quote(feed.bytes, feed.at, wordEnd()));
    }

    private int wordEnd() {
        int end = feed.at;
        while (!TextFeed.isSeparator(feed.bytes[end])) {
            end++;
        }
        return end;
    }
}

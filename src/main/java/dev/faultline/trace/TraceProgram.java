package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Program;

/**
 * A stored trace as a program: what a process accesses by itself. {@link #fill} raises {@link
 * StoredTraceException} if the trace is damaged meanwhile.
 */
public final class TraceProgram implements Program {

    private final StoredTrace trace;

    /** All accesses of a trace, from the first to the last. */
    public TraceProgram(StoredTrace trace) {
        this.trace = trace;
    }

    @Override
    public String id() {
        return "trace-" + trace.id();
    }

    @Override
    public long count() {
        return trace.count();
    }

    @Override
    public long fill(AccessBlock block, long from, long to) {
        TraceCursor cursor = trace.cursor();
        long i = from;
        for (; i < to && block.count() < block.capacity(); i++) {
            int size = cursor.size(i);
            if (size == 1 || !block.fits(cursor.address(i), size)) {
                block.add(cursor.op(i), cursor.address(i));
            } else {
                block.addSpan(cursor.op(i), cursor.address(i), size);
            }
        }
        return i;
    }

    @Override
    public long largest() {
        return trace.isSized() ? TraceFormat.MAX_ACCESS_SIZE : 1;
    }

    /** Nothing: the trace is a file. */
    @Override
    public long hostBytes() {
        return 0;
    }
}

package dev.faultline.trace;

import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Program;

/** A stored trace as a program: what a process accesses by itself. */
public final class TraceProgram implements Program {

    private final StoredTrace trace;

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
    public void fill(AccessBlock block, long from, long to) {
        for (long i = from; i < to; i++) {
            int size = trace.size(i);
            if (size == 1 || !block.fits(trace.address(i), size)) {
                block.add(trace.op(i), trace.address(i));
            } else {
                block.addSpan(trace.op(i), trace.address(i), size);
            }
        }
    }

    /** Nothing: the trace is a file. */
    @Override
    public long hostBytes() {
        return 0;
    }
}

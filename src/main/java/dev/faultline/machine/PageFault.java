package dev.faultline.machine;

import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Signal;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A fault on its way through the kernel: what was accessed, and what it came to. One object is used
 * again and again, as Linux's {@code vm_fault}.
 */
final class PageFault {

    private static final String OUT_OF_MEMORY =
            "out of memory, and of all processes this one holds most pages";

    private final int offsetBits;
    private final FrameRequest request = new FrameRequest();

    private @Nullable Task task;
    private long address;
    private int size;
    private int op;

    private Fault.Resolution resolution = Fault.Resolution.MAP;
    private boolean major;
    private Signal.Code code = Signal.Code.SEGV_MAPERR;
    private @Nullable String why;

    PageFault(int offsetBits) {
        this.offsetBits = offsetBits;
    }

    /** A process has faulted on an access to a number of bytes. */
    void begin(Task newTask, long newAddress, int newSize, int newOp) {
        task = newTask;
        address = newAddress;
        size = newSize;
        op = newOp;
        major = false;
        why = null;
        request.forPage(newTask, vpn());
        request.evicted(null);
    }

    Task task() {
        return Objects.requireNonNull(task);
    }

    long address() {
        return address;
    }

    /** Bytes of the access. */
    int size() {
        return size;
    }

    /** What the access does ({@link dev.faultline.machine.protocol.Op}). */
    int op() {
        return op;
    }

    /** The page that was accessed. */
    long vpn() {
        return address >>> offsetBits;
    }

    /** The frame that the fault needs, and what was evicted for it. */
    FrameRequest request() {
        return request;
    }

    /** The fault is resolved, and the access runs again. */
    Fault.Resolution resolve(Fault.Resolution how) {
        resolution = how;
        return how;
    }

    /** The fault ends in a signal, for a reason. */
    Fault.Resolution signal(Signal.Code newCode, String reason) {
        code = newCode;
        why = reason;
        major = false;
        return resolve(Fault.Resolution.SIGNAL);
    }

    /**
     * No frame could be had: the process is the one that has to end for it, or gets SIGBUS. The
     * request says why.
     */
    Fault.Resolution noFrame() {
        return request.isCondemned()
                ? signal(Signal.Code.SI_KERNEL, OUT_OF_MEMORY)
                : signal(Signal.Code.BUS_ADRERR, request.refusal());
    }

    Fault.Resolution resolution() {
        return resolution;
    }

    /** The page's own contents were read from the store or a file. */
    void setMajor(boolean value) {
        major = value;
    }

    boolean isMajor() {
        return major;
    }

    /** The signal, if the fault was resolved by one. */
    Signal.Code code() {
        return code;
    }

    /** Says more of how the fault was resolved. */
    void explain(String reason) {
        why = reason;
    }

    /** Why the fault was resolved as it was, in words, or null. */
    @Nullable String why() {
        return why;
    }
}

package dev.faultline.machine;

import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.Signal;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A fault on its way through the kernel: what was accessed, and how it was resolved. One object is
 * reused, like Linux's {@code vm_fault}.
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

    /** Starts with an access of {@code newSize} bytes by a process. */
    void begin(Task newTask, long newAddress, int newSize, int newOp) {
        task = newTask;
        address = newAddress;
        size = newSize;
        op = newOp;
        major = false;
        why = null;
        request.forFault();
    }

    Task task() {
        return Objects.requireNonNull(task);
    }

    long address() {
        return address;
    }

    /** The size of the access in bytes. */
    int size() {
        return size;
    }

    /** The operation of the access, one of {@link dev.faultline.machine.protocol.Op}. */
    int op() {
        return op;
    }

    /** The page accessed. */
    long vpn() {
        return address >>> offsetBits;
    }

    /** The request for the frame that the fault needs; it has what was evicted. */
    FrameRequest request() {
        return request;
    }

    /** Records how the fault was resolved; the access runs again. */
    Fault.Resolution resolve(Fault.Resolution how) {
        resolution = how;
        return how;
    }

    /** Records that the fault ends in a signal, and why. */
    Fault.Resolution signal(Signal.Code newCode, String reason) {
        code = newCode;
        why = reason;
        major = false;
        return resolve(Fault.Resolution.SIGNAL);
    }

    /**
     * Records that there was no frame: the process ends if it was condemned, otherwise it gets
     * SIGBUS. The request says why.
     */
    Fault.Resolution noFrame() {
        return request.isCondemned()
                ? signal(Signal.Code.SI_KERNEL, OUT_OF_MEMORY)
                : signal(Signal.Code.BUS_ADRERR, request.refusal());
    }

    Fault.Resolution resolution() {
        return resolution;
    }

    /** Records whether the page's own contents were read from the store or a file. */
    void setMajor(boolean value) {
        major = value;
    }

    boolean isMajor() {
        return major;
    }

    /** The signal, if the fault ended in one. */
    Signal.Code code() {
        return code;
    }

    /** Records more about how the fault was resolved. */
    void explain(String reason) {
        why = reason;
    }

    /** Why the fault was resolved like this, in words, or null. */
    @Nullable String why() {
        return why;
    }
}

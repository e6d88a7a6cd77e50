package dev.faultline.machine.protocol;

/** A signal that the kernel sent for an access; the codes are those of POSIX. */
public record Signal(Code code, long address) {

    /** For a signal that no access is to blame for. */
    public static final long NO_ADDRESS = -1;

    /** Why. */
    public enum Code {
        /** The address is in no area. */
        SEGV_MAPERR("SIGSEGV"),
        /** The area does not allow the access. */
        SEGV_ACCERR("SIGSEGV"),
        /** The access is allowed, but no memory can be had for it. */
        BUS_ADRERR("SIGBUS"),
        /** The kernel ends the process. */
        SI_KERNEL("SIGKILL");

        private final String signal;

        Code(String signal) {
            this.signal = signal;
        }

        /** The signal's name. */
        public String signal() {
            return signal;
        }
    }
}

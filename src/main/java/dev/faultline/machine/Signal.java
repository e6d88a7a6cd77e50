package dev.faultline.machine;

/** A signal that the kernel sent for an access; the codes are those of POSIX. */
public record Signal(Code code, long address) {

    /** Why. */
    public enum Code {
        /** The address is in no area. */
        SEGV_MAPERR("SIGSEGV"),
        /** The area does not allow the access. */
        SEGV_ACCERR("SIGSEGV"),
        /** The access is allowed, but no memory can be had for it. */
        BUS_ADRERR("SIGBUS");

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

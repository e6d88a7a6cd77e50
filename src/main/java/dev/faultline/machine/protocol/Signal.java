package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;

/**
 * A signal that the kernel sent because of an access. The codes are those of POSIX.
 *
 * @param address the address accessed, or {@link #NO_ADDRESS}
 */
public record Signal(Code code, long address) {

    /** The address of a signal that no access caused. */
    public static final long NO_ADDRESS = -1;

    /** The reason. */
    public enum Code {
        /** No area holds the address. */
        @Numbered(1)
        SEGV_MAPERR("SIGSEGV"),
        /** The area does not allow the access. */
        @Numbered(2)
        SEGV_ACCERR("SIGSEGV"),
        /** The access is allowed, but there is no memory for it or the file ends before it. */
        @Numbered(3)
        BUS_ADRERR("SIGBUS"),
        /** The kernel ended the process. */
        @Numbered(4)
        SI_KERNEL("SIGKILL");

        private final String signal;

        Code(String signal) {
            this.signal = signal;
        }

        /** The signal's name, such as SIGSEGV. */
        public String signal() {
            return signal;
        }
    }
}

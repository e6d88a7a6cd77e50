package dev.faultline.http;

/** A law that a session found broken; {@link #law} names it. */
final class BrokenLaw extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String law;

    BrokenLaw(String law, Throwable cause) {
        super(law + ": " + cause.getMessage(), cause);
        this.law = law;
    }

    String law() {
        return law;
    }
}

package dev.faultline.contract;

/** The server broke a law of the contract. */
final class Broken extends AssertionError {

    private static final long serialVersionUID = 1;

    private final String law;

    /**
     * @param law the same for every breach of the same kind, so that shrinking keeps to it
     * @param seen what was answered to what
     */
    Broken(String law, String seen) {
        super(law + ": " + seen);
        this.law = law;
    }

    String law() {
        return law;
    }
}

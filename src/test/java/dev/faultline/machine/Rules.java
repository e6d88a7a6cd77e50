package dev.faultline.machine;

/** The models that random games are played against. */
enum Rules {
    /** A second machine that counts as the first does, and a flat map of bytes. */
    ORACLE,
    /** What each page of a process allows, and what each of its bytes holds. */
    AREAS,
    /** The segments of each process, and what each of its bytes holds. */
    SEGMENTS;

    Model model(Witness witness) {
        return switch (this) {
            case ORACLE -> new OracleModel(witness);
            case AREAS -> new AreaModel(witness);
            case SEGMENTS -> new SegmentModel(witness);
        };
    }
}

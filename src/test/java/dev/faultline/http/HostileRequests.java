package dev.faultline.http;

/** An endless row of hostile requests of all kinds; the same for the same seed. */
final class HostileRequests {

    private final Dice dice;
    private final HostileBodies bodies;
    private final HostileHeads heads;
    private final HostileFraming framing;
    private final HostileTraces traces;

    HostileRequests(long seed) {
        dice = new Dice(seed);
        bodies = new HostileBodies(dice);
        heads = new HostileHeads(dice);
        framing = new HostileFraming(dice);
        traces = new HostileTraces(dice);
    }

    Hostile next() {
        return switch (dice.below(15)) {
            case 0, 1 -> bodies.malformed();
            case 2, 3, 4 -> bodies.wrongValue();
            case 5 -> bodies.nesting();
            case 6 -> bodies.encoding();
            case 7 -> heads.method();
            case 8 -> heads.mediaType();
            case 9 -> heads.path();
            case 10 -> heads.query();
            case 11 -> heads.header();
            case 12 -> framing.next();
            default -> traces.next();
        };
    }
}

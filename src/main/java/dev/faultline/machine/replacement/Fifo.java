package dev.faultline.machine.replacement;

/**
 * First in, first out: the page that was loaded longest ago leaves. The order is that of loading; a
 * reference changes nothing. O(1) an eviction. Not a stack algorithm: more frames can mean more
 * faults (Belady, Nelson, Shedler, "An anomaly in space-time characteristics of certain programs
 * running in a paging machine", CACM 12(6), 1969).
 */
final class Fifo extends OldestFirst {

    Fifo(int frames) {
        super(frames);
    }

    @Override
    public String rule() {
        return "the page that was loaded longest ago";
    }
}

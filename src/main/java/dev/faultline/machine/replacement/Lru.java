package dev.faultline.machine.replacement;

/**
 * Least recently used: the page whose last access is longest ago leaves. Exact: every access
 * counts, TLB hits included. O(1) an access and an eviction. A stack algorithm (Mattson, Gecsei,
 * Slutz, Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970).
 */
final class Lru extends ByRecency {

    Lru(int frames) {
        super(frames);
    }

    @Override
    public String rule() {
        return "the page whose last access is longest ago";
    }
}

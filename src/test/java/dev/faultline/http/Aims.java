package dev.faultline.http;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Where random requests aim: at a few pages of a machine, and at areas asked for lately. */
final class Aims {

    private static final int MOST_PAGES = 20;
    private static final int MOST_ASKED = 5;

    private final SplittableRandom random;
    private final long pageSize;
    private final int addressBits;
    private final int segmentBits;
    private final long pages;

    /** Areas that were asked for lately: the first address, and bytes. */
    private final List<Area> asked = new ArrayList<>();

    private record Area(long start, long length) {}

    /**
     * Aims at a machine.
     *
     * @param shown its representation
     */
    Aims(SplittableRandom random, JsonNode shown) {
        this.random = random;
        pageSize = shown.get("pageSize").asLong();
        addressBits = shown.get("addressBits").asInt();
        segmentBits = shown.at("/translation/segmentBits").asInt(0);
        pages = Math.min(MOST_PAGES, (1L << addressBits - segmentBits) / pageSize);
    }

    /** The number of pages that are aimed at, in each segment. */
    long pages() {
        return pages;
    }

    long pageSize() {
        return pageSize;
    }

    /** The bytes of the machine's addresses. */
    long space() {
        return 1L << addressBits;
    }

    /** Whether a chance of one in a number came about. */
    boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    /** One of the words by chance. */
    String oneOf(String... words) {
        return words[random.nextInt(words.length)];
    }

    /** An address as requests write it. */
    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** The first address of one of the few pages that requests aim at. */
    long page() {
        if (!asked.isEmpty() && !oneIn(3)) {
            Area area = asked.get(random.nextInt(asked.size()));
            long address = area.start + random.nextLong(area.length);
            return address - address % pageSize;
        }
        long segment = segmentBits > 0 ? random.nextInt(1 << Math.min(2, segmentBits)) : 0;
        return (segment << addressBits - segmentBits) + random.nextLong(pages) * pageSize;
    }

    /** Remembers an area, to aim at it. */
    void ask(long start, long length) {
        asked.add(new Area(start, length));
        if (asked.size() > MOST_ASKED) {
            asked.removeFirst();
        }
    }

    /** {@link #page} as requests write it. */
    String place() {
        return hex(page());
    }

    /** A length of a few pages at most. */
    long bytes() {
        return 1 + random.nextLong(4 * pageSize);
    }

    /** Forgets the areas. */
    void forget() {
        asked.clear();
    }
}

package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Replacement policies written from their rules alone, with lists and no care for speed: a
 * reference string goes in, the pages that leave come out. Frames are numbered in the order in
 * which they are first filled.
 */
final class TextbookPolicies {

    /** A page in memory. */
    private static final class Resident {
        final int frame;
        final long page;
        final int loaded;
        int used;
        int count;
        boolean referenced;
        boolean modified;
        boolean seenAgain;
        int queued;
        String age = "";
        long time;

        Resident(int frame, long page, int now) {
            this.frame = frame;
            this.page = page;
            loaded = now;
            queued = now;
        }
    }

    private final PolicySettings settings;
    private final int frames;
    private final List<Resident> memory = new ArrayList<>();
    private final List<Long> evicted = new ArrayList<>();
    private long[] string = {};

    /** Where it is in the string, and the accesses so far, which ticks are not. */
    private int place;

    private int now;
    private int hand;
    private int numbersUsed;
    private int clearedAt;

    /** SIEVE's hand: the page to look at next, or none. */
    private long sieveHand = -1;

    private TextbookPolicies(PolicySettings settings, int frames) {
        this.settings = settings;
        this.frames = frames;
        hand = settings.count("handStart");
    }

    /**
     * The pages that leave, in order, while a string of pages is read, or written where it says.
     * {@link Papers#TICK} among them is a tick.
     */
    static List<Long> evictions(
            PolicySettings settings, int frames, long[] pages, boolean[] writes) {
        TextbookPolicies slow = new TextbookPolicies(settings, frames);
        slow.string = pages;
        for (int i = 0; i < pages.length; i++) {
            slow.place = i + 1;
            if (pages[i] == Papers.TICK) {
                slow.tick();
            } else {
                slow.access(pages[i], writes[i]);
            }
        }
        return slow.evicted;
    }

    private void tick() {
        if (settings.is("ageAt", "tick")) {
            memory.forEach(this::grow);
        }
        memory.forEach(page -> page.referenced = false);
    }

    private void access(long page, boolean write) {
        now++;
        Resident found = null;
        for (Resident each : memory) {
            if (each.page == page) {
                found = each;
            }
        }
        if (found == null) {
            int frame = memory.size();
            if (frame == frames) {
                Resident victim = victim();
                memory.remove(victim);
                evicted.add(victim.page);
                frame = victim.frame;
            }
            found = new Resident(frame, page, now);
            found.age = "0".repeat(settings.count("bits"));
            memory.add(found);
            found.referenced = settings.flag("referencedOnLoad");
            if (settings.flag("handPassesFilled")) {
                passing(found);
            }
        } else {
            found.seenAgain = true;
            found.referenced = true;
        }
        found.used = now;
        found.count++;
        found.modified |= write;
        if (settings.number("halveEvery") > 0 && now % settings.number("halveEvery") == 0) {
            memory.forEach(each -> each.count /= 2);
        }
    }

    private Resident victim() {
        return switch (settings.policy()) {
            case "fifo" ->
                    settings.is("order", "frame")
                            ? passing(round().getFirst())
                            : least(Comparator.comparingInt(page -> page.loaded));
            case "lifo" -> least(Comparator.comparingInt(page -> -page.loaded));
            case "lru" -> least(Comparator.comparingInt(page -> page.used));
            case "mru" -> least(Comparator.comparingInt(page -> -page.used));
            case "lfu" ->
                    least(
                            Comparator.<Resident>comparingInt(page -> page.count)
                                    .thenComparingInt(page -> page.used));
            case "mfu" ->
                    least(
                            Comparator.<Resident>comparingInt(page -> -page.count)
                                    .thenComparingInt(page -> page.used));
            case "clock" -> clock();
            case "second-chance" -> secondChance();
            case "enhanced-clock" -> enhancedClock();
            case "nru" -> nru();
            case "aging" -> aging();
            case "random" -> random();
            case "working-set" -> workingSet();
            case "wsclock" -> wsClock();
            case "optimal" ->
                    least(
                            Comparator.<Resident>comparingInt(page -> -nextUse(page.page))
                                    .thenComparingInt(this::tie));
            case "sieve" -> sieve();
            default -> throw new IllegalArgumentException(settings.policy());
        };
    }

    private int tie(Resident page) {
        return switch (settings.word("ties")) {
            case "frame" -> page.frame;
            case "oldest" -> page.loaded;
            case "youngest" -> -page.loaded;
            default -> throw new IllegalArgumentException(settings.word("ties"));
        };
    }

    private int nextUse(long page) {
        for (int at = place; at < string.length; at++) {
            if (string[at] == page) {
                return at;
            }
        }
        return Integer.MAX_VALUE;
    }

    private Resident least(Comparator<Resident> order) {
        return Collections.min(memory, order);
    }

    private Resident at(int frame) {
        return memory.stream().filter(page -> page.frame == frame).findFirst().orElseThrow();
    }

    /** All frames, from the hand on. */
    private List<Resident> round() {
        return Stream.iterate(hand, frame -> (frame + 1) % frames)
                .limit(frames)
                .map(this::at)
                .toList();
    }

    /** The scan of a policy that may begin at frame 0 each time. */
    private List<Resident> scan() {
        return settings.is("scan", "hand")
                ? round()
                : Stream.iterate(0, frame -> frame + 1).limit(frames).map(this::at).toList();
    }

    private Resident passing(Resident victim) {
        hand = (victim.frame + 1) % frames;
        return victim;
    }

    private Resident clock() {
        while (at(hand).referenced) {
            at(hand).referenced = false;
            hand = (hand + 1) % frames;
        }
        return passing(at(hand));
    }

    private Resident secondChance() {
        List<Resident> queue = new ArrayList<>(memory);
        queue.sort(Comparator.comparingInt(page -> page.queued));
        int last = queue.getLast().queued;
        while (queue.getFirst().referenced) {
            Resident spared = queue.removeFirst();
            spared.referenced = false;
            spared.queued = Math.max(++last, spared.queued);
            queue.add(spared);
        }
        // what comes later comes behind them
        for (int place = 0; place < queue.size(); place++) {
            queue.get(place).queued = place - queue.size() - frames;
        }
        return queue.getFirst();
    }

    private Resident enhancedClock() {
        while (true) {
            for (Resident page : round()) {
                if (!page.referenced && !page.modified) {
                    return passing(page);
                }
            }
            for (Resident page : round()) {
                if (!page.referenced) {
                    return passing(page);
                }
                page.referenced = false;
            }
        }
    }

    private Resident nru() {
        Resident victim =
                Collections.min(
                        scan(),
                        Comparator.comparingInt(
                                page -> 2 * (page.referenced ? 1 : 0) + (page.modified ? 1 : 0)));
        if (now - clearedAt >= settings.number("clearEvery")) {
            memory.forEach(page -> page.referenced = false);
            clearedAt = now;
        }
        return passing(victim);
    }

    /** Ages as strings of bits, so that nothing of the machine's arithmetic is repeated. */
    private Resident aging() {
        if (!settings.is("ageAt", "tick")) {
            memory.forEach(this::grow);
        }
        return passing(Collections.min(scan(), Comparator.comparing(page -> page.age)));
    }

    private void grow(Resident page) {
        page.age =
                (page.referenced ? "1" : "0") + page.age.substring(0, settings.count("bits") - 1);
        page.referenced = false;
    }

    private Resident random() {
        int number = settings.numbers().get(numbersUsed++ % settings.numbers().size());
        return at(number % frames);
    }

    private Resident workingSet() {
        List<Resident> seen = new ArrayList<>();
        for (Resident page : round()) {
            if (page.referenced) {
                page.referenced = false;
                page.time = now;
            } else if (now - page.time > settings.number("tau")) {
                return passing(page);
            }
            seen.add(page);
        }
        return passing(Collections.min(seen, Comparator.comparingLong(page -> page.time)));
    }

    private Resident wsClock() {
        List<Resident> round = round();
        for (Resident page : round) {
            if (page.referenced) {
                page.referenced = false;
                page.time = now;
            }
            if (now - page.time > settings.number("tau") && !page.modified) {
                return passing(page);
            }
        }
        return passing(
                round.stream()
                        .filter(page -> now - page.time > settings.number("tau"))
                        .findFirst()
                        .or(() -> round.stream().filter(page -> !page.modified).findFirst())
                        .orElse(round.getFirst()));
    }

    private Resident sieve() {
        List<Resident> queue = new ArrayList<>(memory);
        queue.sort(Comparator.comparingInt(page -> page.loaded));
        int at = 0;
        for (int place = 0; place < queue.size(); place++) {
            at = queue.get(place).page == sieveHand ? place : at;
        }
        while (queue.get(at).seenAgain) {
            queue.get(at).seenAgain = false;
            at = (at + 1) % queue.size();
        }
        sieveHand = at + 1 < queue.size() ? queue.get(at + 1).page : -1;
        return queue.get(at);
    }
}

package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Page-fault frequency by Chu and Opderbeck 1976, for one process. Frames are numbered, for the
 * hand.
 */
final class PageFaultFrequency implements Paper {
    private final Long[] frames;
    private final List<Integer> free = new ArrayList<>();
    private final Set<Long> bits = new HashSet<>();
    private final long tau;
    private final boolean onLoad;
    private final boolean passesFilled;
    private long t;
    private long lastFault;
    private int hand;

    PageFaultFrequency(int c, long tau, boolean onLoad, int hand, boolean passesFilled) {
        this.tau = tau;
        this.onLoad = onLoad;
        this.hand = hand;
        this.passesFilled = passesFilled;
        frames = new Long[c];
        for (int frame = 0; frame < c; frame++) {
            free.add(frame);
        }
    }

    @Override
    public void tick() {
        bits.clear();
    }

    @Override
    public List<Long> access(long x) {
        t++;
        if (Arrays.asList(frames).contains(x)) {
            bits.add(x);
            return List.of();
        }
        List<Long> out = new ArrayList<>();
        if (lastFault > 0 && t - lastFault > tau) {
            for (int frame = 0; frame < frames.length; frame++) {
                if (frames[frame] != null && !bits.remove(frames[frame])) {
                    out.add(frames[frame]);
                    frames[frame] = null;
                    free.add(frame);
                }
            }
        }
        lastFault = t;
        if (free.isEmpty()) {
            int victim = hand;
            for (int step = frames.length - 1; step >= 0; step--) {
                int frame = (hand + step) % frames.length;
                victim = bits.contains(frames[frame]) ? victim : frame;
            }
            out.add(frames[victim]);
            hand = (victim + 1) % frames.length;
            free.add(victim);
        }
        int frame = free.removeFirst();
        frames[frame] = x;
        hand = passesFilled ? (frame + 1) % frames.length : hand;
        bits.remove(x);
        if (onLoad) {
            bits.add(x);
        }
        return out;
    }

    @Override
    public Map<String, List<Long>> lists() {
        return Map.of();
    }
}

package dev.faultline.machine.protocol;

import java.util.List;

/**
 * A control group.
 *
 * @param limit the most frames that it may have
 * @param protectedFrames how many of them no other group may take
 * @param frames frames charged to it
 * @param limitHits how often its limit made it evict one of its own pages
 * @param counters the sum over all its processes, ended ones included
 */
public record GroupView(
        String name,
        int limit,
        int protectedFrames,
        int frames,
        long limitHits,
        List<Integer> pids,
        Counters counters) {}

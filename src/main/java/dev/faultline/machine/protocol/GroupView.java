package dev.faultline.machine.protocol;

import java.util.List;

/**
 * A control group.
 *
 * @param frames that are charged to it
 * @param limitHits times that it had to give up a page of its own for its limit
 * @param counters of all processes that are in it, ended ones too
 */
public record GroupView(
        String name,
        int limit,
        int protectedFrames,
        int frames,
        long limitHits,
        List<Integer> pids,
        Counters counters) {}

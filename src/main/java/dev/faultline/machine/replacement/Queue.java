package dev.faultline.machine.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the lists that a policy keeps, oldest first, for those who look.
 *
 * @param name what its paper calls it, in plain words
 * @param size of how many entries
 * @param target how many it is meant to have, or null if there is no such number
 */
public record Queue(String name, int size, @Nullable Double target, List<Entry> entries) {

    /**
     * A page in a frame, or one that has left and is remembered.
     *
     * @param frame the frame, or null
     * @param owner whose page is remembered, or null: a process, or below zero an object
     * @param page the page that is remembered, or null
     */
    public record Entry(@Nullable Integer frame, @Nullable Integer owner, @Nullable Long page) {}

    public Queue {
        entries = List.copyOf(entries);
    }

    /** Shows the first entries of a list. */
    static Queue of(String name, PageList list, GhostPolicy policy, int most) {
        return of(name, list, null, policy, most);
    }

    /** Shows the first entries of a list of frames only. */
    static Queue of(String name, PageList list, int most) {
        List<Entry> entries = new ArrayList<>();
        for (int at = list.oldest();
                at != PageList.END && entries.size() < most;
                at = list.younger(at)) {
            entries.add(new Entry(at, null, null));
        }
        return new Queue(name, list.size(), null, entries);
    }

    /** Shows the first entries of a list that is meant to be so long. */
    static Queue of(
            String name, PageList list, @Nullable Double target, GhostPolicy policy, int most) {
        List<Entry> entries = new ArrayList<>();
        int at = list.oldest();
        while (at != PageList.END && entries.size() < most) {
            boolean here = at < policy.frameCount;
            entries.add(
                    here
                            ? new Entry(at, null, null)
                            : new Entry(null, policy.ghosts.owner(at), policy.ghosts.page(at)));
            at = list.younger(at);
        }
        return new Queue(name, list.size(), target, entries);
    }
}

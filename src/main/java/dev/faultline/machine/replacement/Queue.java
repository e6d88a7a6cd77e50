package dev.faultline.machine.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the lists that a policy keeps, oldest first, as a client sees it.
 *
 * @param name its name in the paper, in plain words
 * @param size the number of entries it has
 * @param target the number of entries it should have, or null if there is no such number
 * @param entries the first of them; there may be fewer than {@code size}
 */
public record Queue(String name, int size, @Nullable Double target, List<Entry> entries) {

    /**
     * A page in a frame, or one that has left and is remembered.
     *
     * @param frame the frame, or null if the page has left
     * @param owner of a remembered page: the process, or an object if below zero; else null
     * @param page the number of a remembered page; else null
     */
    public record Entry(@Nullable Integer frame, @Nullable Integer owner, @Nullable Long page) {}

    /** Keeps the entries as a copy of its own. */
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

    /** Shows the first entries of a list that has a target. */
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

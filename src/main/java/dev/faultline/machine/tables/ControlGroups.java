package dev.faultline.machine.tables;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Control groups: groups of processes with memory limits of their own, as in Linux
 * (Documentation/admin-guide/cgroup-v2.rst, "Memory"). A frame is charged to the group of the
 * process that first faulted on its page, until the page leaves. A group at its limit evicts only
 * its own pages. While a group has no more frames than are protected, none of them is evicted,
 * unless for the group itself when there is no other.
 *
 * <p>Group 0 is the root: all processes in no other group. It has no limit and no protection.
 */
public final class ControlGroups {

    /** The group of processes in no other group. */
    public static final int ROOT = 0;

    /**
     * A group.
     *
     * @param limit the most frames that it may have
     * @param protectedFrames how many of them no other group may take
     */
    public record Group(String name, int limit, int protectedFrames) {}

    /** Host bytes of a group with its name and counts. */
    public static final long HOST_BYTES = 256;

    private final List<Group> groups = new ArrayList<>();

    /** The group that each frame is charged to. */
    private final int[] chargedTo;

    private int[] charged = new int[1];

    /** How often each group's limit made it evict one of its own pages. */
    private long[] limitHits = new long[1];

    ControlGroups(int frames) {
        chargedTo = new int[frames];
    }

    /** The number of groups without the root. */
    public int size() {
        return groups.size();
    }

    /** A group by its number, which is at least 1. */
    public Group group(int number) {
        return groups.get(number - 1);
    }

    /** The number of the group with this name, or {@link #ROOT} if there is none. */
    public int find(String name) {
        for (int number = 1; number <= groups.size(); number++) {
            if (group(number).name().equals(name)) {
                return number;
            }
        }
        return ROOT;
    }

    /** Creates a group or changes its bounds. Returns whether anything changed. */
    public boolean put(Group group) {
        int number = find(group.name());
        if (number != ROOT) {
            return !group.equals(groups.set(number - 1, group));
        }
        groups.add(group);
        charged = Arrays.copyOf(charged, groups.size() + 1);
        limitHits = Arrays.copyOf(limitHits, groups.size() + 1);
        return true;
    }

    /** Charges a frame to a group, whichever group had it before. */
    public void charge(int frame, int group) {
        uncharge(frame);
        chargedTo[frame] = group;
        charged[group] += group == ROOT ? 0 : 1;
    }

    /** Records that a frame is free. */
    void uncharge(int frame) {
        charged[chargedTo[frame]] -= chargedTo[frame] == ROOT ? 0 : 1;
        chargedTo[frame] = ROOT;
    }

    /** The number of frames charged to a group other than the root. */
    public int charged(int group) {
        return charged[group];
    }

    /** Whether a frame is charged to a group. */
    public boolean isChargedTo(int frame, int group) {
        return chargedTo[frame] == group;
    }

    /** How often a group needed a frame while it was at its limit. */
    public long limitHits(int group) {
        return limitHits[group];
    }

    /** Whether a group may have no further frame. If so, it is counted. */
    public boolean hitsLimit(int group) {
        if (group == ROOT || charged[group] < group(group).limit()) {
            return false;
        }
        limitHits[group]++;
        return true;
    }

    /** The most frames that a group may have. */
    public int limit(int group) {
        return group == ROOT ? Integer.MAX_VALUE : group(group).limit();
    }

    /** Whether a group may have {@code frames} more. */
    public boolean hasRoom(int group, int frames) {
        return group == ROOT || charged[group] + frames <= group(group).limit();
    }

    /** Whether a group has more frames than it may, because its limit was lowered. */
    public boolean isOver(int group) {
        return group != ROOT && charged[group] > group(group).limit();
    }

    /**
     * Whether the page in a frame may be evicted for a group.
     *
     * @param asking the group that needs the frame
     * @param own whether it may only take frames of its own; otherwise it may take any that is not
     *     protected
     */
    public boolean mayTake(int frame, int asking, boolean own) {
        int group = chargedTo[frame];
        if (own) {
            return group == asking;
        }
        return group == ROOT || charged[group] > group(group).protectedFrames();
    }

    void save(StateWriter out) {
        out.writeInt(groups.size());
        for (Group group : groups) {
            out.writeString(group.name());
            out.writeInt(group.limit());
            out.writeInt(group.protectedFrames());
        }
        if (!groups.isEmpty()) {
            out.writeInts(chargedTo);
            out.writeInts(charged);
            out.writeLongs(limitHits);
        }
    }

    void load(StateReader in) {
        for (int left = in.readInt(); left > 0; left--) {
            put(new Group(in.readString(), in.readInt(), in.readInt()));
        }
        if (!groups.isEmpty()) {
            in.readInts(chargedTo);
            in.readInts(charged);
            in.readLongs(limitHits);
        }
    }
}

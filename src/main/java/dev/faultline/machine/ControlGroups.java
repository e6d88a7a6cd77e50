package dev.faultline.machine;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Groups of processes with a memory of their own to live in, as Linux's control groups (Linux:
 * Documentation/admin-guide/cgroup-v2.rst, "Memory"). A frame is charged to the group of the
 * process that first needed it, until its page leaves. A group at its limit takes frames from its
 * own pages and nobody else's; while it has no more frames than are protected, none of them is
 * taken, but for itself if there is no other.
 *
 * <p>Group 0 is that of all processes in no other: it has no limit and no protection.
 */
final class ControlGroups {

    /** The group of processes in no other. */
    static final int ROOT = 0;

    /** A group: who it is, and the frames that it may have and that nobody takes from it. */
    record Group(String name, int limit, int protectedFrames) {}

    /** A group with its name and what is counted of it. */
    static final long HOST_BYTES = 256;

    private final List<Group> groups = new ArrayList<>();

    /** The group that each frame is charged to. */
    private final int[] chargedTo;

    private int[] charged = new int[1];

    /** Times that each group had to give up a page of its own for its limit. */
    private long[] limitHits = new long[1];

    ControlGroups(int frames) {
        chargedTo = new int[frames];
    }

    /** How many there are, but for the root. */
    int size() {
        return groups.size();
    }

    /** A group by its number, which counts from 1. */
    Group group(int number) {
        return groups.get(number - 1);
    }

    /** The number of the group of a name, or {@link #ROOT} if there is none. */
    int find(String name) {
        for (int number = 1; number <= groups.size(); number++) {
            if (group(number).name().equals(name)) {
                return number;
            }
        }
        return ROOT;
    }

    /** Makes a group, or gives the one of that name other bounds. Answers whether it was not so. */
    boolean put(Group group) {
        int number = find(group.name());
        if (number != ROOT) {
            return !group.equals(groups.set(number - 1, group));
        }
        groups.add(group);
        charged = Arrays.copyOf(charged, groups.size() + 1);
        limitHits = Arrays.copyOf(limitHits, groups.size() + 1);
        return true;
    }

    /** Charges a frame to a group, whoever had it before. */
    void charge(int frame, int group) {
        uncharge(frame);
        chargedTo[frame] = group;
        charged[group] += group == ROOT ? 0 : 1;
    }

    /** A frame is free. */
    void uncharge(int frame) {
        charged[chargedTo[frame]] -= chargedTo[frame] == ROOT ? 0 : 1;
        chargedTo[frame] = ROOT;
    }

    /** Frames that are charged to a group that is not the root. */
    int charged(int group) {
        return charged[group];
    }

    /** Whether a frame is charged to a group. */
    boolean isChargedTo(int frame, int group) {
        return chargedTo[frame] == group;
    }

    long limitHits(int group) {
        return limitHits[group];
    }

    /** Whether a group may have no frame more; that is counted. */
    boolean hitsLimit(int group) {
        if (group == ROOT || charged[group] < group(group).limit()) {
            return false;
        }
        limitHits[group]++;
        return true;
    }

    /** Frames that a group may have. */
    int limit(int group) {
        return group == ROOT ? Integer.MAX_VALUE : group(group).limit();
    }

    /** Whether a group could have so many frames more. */
    boolean hasRoom(int group, int frames) {
        return group == ROOT || charged[group] + frames <= group(group).limit();
    }

    /** Whether a group has more frames than it may, its limit having been lowered. */
    boolean isOver(int group) {
        return group != ROOT && charged[group] > group(group).limit();
    }

    /**
     * Whether a page may be taken from a frame: one of a group's, if only its own may be, else one
     * that is not protected, whoever asks.
     */
    boolean mayTake(int frame, int asking, boolean own) {
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

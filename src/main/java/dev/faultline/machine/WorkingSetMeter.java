package dev.faultline.machine;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.tables.FrameTable;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The exact size of each process's working set: the pages that it accessed in its last {@code
 * window} accesses, in memory or not (Denning, "The working set model for program behavior", CACM
 * 11(5), 1968). It hears of every access, by frame, and remembers pages that leave.
 */
final class WorkingSetMeter {

    /** Bytes of the host's memory for each frame, and for each page that has left. */
    private static final long HOST_BYTES = 12;

    private static final long HOST_BYTES_PER_PAGE = 104;

    private final ReverseMap reverse;
    private final long window;

    /** The process that used each frame last (0 for none), and when, in its own accesses. */
    private final int[] user;

    private final long[] lastUse;

    /** For each process, the pages that left memory and when they were last used. */
    private final NavigableMap<Integer, NavigableMap<Long, Long>> gone = new TreeMap<>();

    private long goneCount;

    /** The process that runs, and the number of accesses it has made. */
    private int running;

    private long now;

    WorkingSetMeter(FrameTable frames, ReverseMap reverse, long window) {
        this.reverse = reverse;
        this.window = window;
        user = new int[frames.size()];
        lastUse = new long[frames.size()];
    }

    /** Host bytes of a meter before any page has left. */
    static long hostBytes(int frames) {
        return HOST_BYTES * frames;
    }

    /** Host bytes of pages that have left. */
    static long growth(long pages) {
        return HOST_BYTES_PER_PAGE * pages;
    }

    /** The number of pages that have left memory and are remembered. */
    long goneCount() {
        return goneCount;
    }

    /** Records that the following accesses belong to this process. */
    void turn(Task task) {
        running = task.asid();
        now = task.counters().get(Counter.ACCESSES);
    }

    /** Records an access to the page in a frame. */
    void used(int frame) {
        if (user[frame] != running) {
            NavigableMap<Long, Long> pages = gone.get(running);
            if (pages != null && reverse.users(frame) > 0) {
                boolean was = pages.remove(reverse.vpn(reverse.firstNode(frame))) != null;
                goneCount -= was ? 1 : 0;
            }
            user[frame] = running;
        }
        lastUse[frame] = ++now;
    }

    /** Records an access that reached no frame. */
    void missed() {
        now++;
    }

    /** Records that the page in a frame leaves. */
    void left(int frame) {
        int owner = user[frame];
        if (owner != 0 && reverse.users(frame) > 0) {
            long vpn = reverse.vpn(reverse.firstNode(frame));
            NavigableMap<Long, Long> pages = gone.computeIfAbsent(owner, pid -> new TreeMap<>());
            goneCount += pages.put(vpn, lastUse[frame]) == null ? 1 : 0;
        }
        user[frame] = 0;
    }

    /** The number of pages in a process's working set. O(frames). */
    int size(Task task) {
        int owner = task.asid();
        long after = task.counters().get(Counter.ACCESSES) - window;
        int size = 0;
        for (int frame = 0; frame < user.length; frame++) {
            boolean its = user[frame] == owner && reverse.users(frame) > 0;
            size += its && lastUse[frame] > after ? 1 : 0;
        }
        NavigableMap<Long, Long> pages = gone.get(owner);
        if (pages != null) {
            goneCount -= pages.size();
            pages.values().removeIf(used -> used <= after);
            goneCount += pages.size();
            size += pages.size();
        }
        return size;
    }

    /** Records that a process has ended. */
    void ended(int owner) {
        NavigableMap<Long, Long> pages = gone.remove(owner);
        goneCount -= pages == null ? 0 : pages.size();
    }

    void save(StateWriter out) {
        for (int frame = 0; frame < user.length; frame++) {
            out.writeInt(user[frame]);
            out.writeLong(lastUse[frame]);
        }
        out.writeInt(gone.size());
        gone.forEach(
                (owner, pages) -> {
                    out.writeInt(owner);
                    out.writeInt(pages.size());
                    pages.forEach(
                            (vpn, used) -> {
                                out.writeLong(vpn);
                                out.writeLong(used);
                            });
                });
    }

    void load(StateReader in) {
        for (int frame = 0; frame < user.length; frame++) {
            user[frame] = in.readInt();
            lastUse[frame] = in.readLong();
        }
        for (int left = in.readInt(); left > 0; left--) {
            NavigableMap<Long, Long> pages = new TreeMap<>();
            gone.put(in.readInt(), pages);
            for (int page = in.readInt(); page > 0; page--) {
                pages.put(in.readLong(), in.readLong());
                goneCount++;
            }
        }
    }
}

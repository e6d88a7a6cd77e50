package dev.faultline.machine.tables;

import dev.faultline.machine.ReverseMap;
import dev.faultline.machine.hardware.FrameMarks;
import dev.faultline.machine.replacement.PageList;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * What the kernel knows of each frame beside the pages that map it ({@link ReverseMap}): whether it
 * is free, pinned or written to, and the slot that holds a clean copy of it.
 *
 * <p>Free frames wait in a queue, at first in the order of their numbers; a frame that is freed
 * goes to the tail. Everything that an access needs is O(1).
 */
public final class FrameTable {

    /** Stands for no process. */
    public static final int NOBODY = 0;

    /** No frame, no slot and no object. */
    public static final int NONE = -1;

    /** Host bytes of a frame in the arrays here and in what they hold. */
    private static final long HOST_BYTES = 39;

    private final int[] freeQueue;
    private int freeHead;
    private int freeCount;
    private final boolean[] used;
    private final int[] slot;

    /** Written to through an entry that is gone, and not written back since. */
    private final boolean[] dirty;

    /** Whether a frame's page may not be evicted. It ends when the page goes away. */
    private final boolean[] pinned;

    private int pinnedCount;

    /** The file or shared memory that has a page in the frame, and which page it is. */
    private final int[] object;

    private final long[] objectPage;

    private final FrameMarks marks;
    private final ControlGroups groups;

    /** The frames whose pages were written to, oldest first. */
    private final PageList written;

    /** The pid of the process that had a page read ahead, until a process asks for the page. */
    private final int[] reader;

    /** A table of {@code frames} frames, all free. */
    public FrameTable(int frames) {
        marks = new FrameMarks(frames);
        groups = new ControlGroups(frames);
        written = new PageList(frames);
        reader = new int[frames];
        freeQueue = new int[frames];
        used = new boolean[frames];
        slot = new int[frames];
        dirty = new boolean[frames];
        pinned = new boolean[frames];
        object = new int[frames];
        objectPage = new long[frames];
        freeCount = frames;
        for (int frame = 0; frame < frames; frame++) {
            freeQueue[frame] = frame;
        }
        Arrays.fill(slot, NONE);
        Arrays.fill(object, NONE);
    }

    /** Host bytes of a table. */
    public static long hostBytes(int frames) {
        return HOST_BYTES * frames;
    }

    /** What is known about the bits in the frames' entries. */
    public FrameMarks marks() {
        return marks;
    }

    /** The control groups that the frames are charged to. */
    public ControlGroups groups() {
        return groups;
    }

    /** The number of frames. */
    public int size() {
        return used.length;
    }

    /** The number of free frames. */
    public int freeCount() {
        return freeCount;
    }

    /** Whether a frame is used. */
    public boolean isUsed(int frame) {
        return used[frame];
    }

    /** Takes the frame at the head of the free queue, or returns {@link #NONE}. */
    public int allocate() {
        if (freeCount == 0) {
            return NONE;
        }
        int frame = freeQueue[freeHead];
        freeHead = freeHead + 1 == freeQueue.length ? 0 : freeHead + 1;
        freeCount--;
        used[frame] = true;
        return frame;
    }

    /**
     * The lowest frame, a multiple of {@code count}, at which {@code count} consecutive frames are
     * free; or {@link #NONE}.
     */
    public int alignedRun(int count) {
        for (int first = 0; first + count <= used.length; first += count) {
            int free = 0;
            while (free < count && !used[first + free]) {
                free++;
            }
            if (free == count) {
                return first;
            }
        }
        return NONE;
    }

    /** Takes consecutive free frames, wherever they are in the queue. */
    public void allocate(int first, int count) {
        int kept = 0;
        for (int i = 0; i < freeCount; i++) {
            int frame = freeQueue[(int) (((long) freeHead + i) % freeQueue.length)];
            if (frame < first || frame >= first + count) {
                freeQueue[(int) (((long) freeHead + kept) % freeQueue.length)] = frame;
                kept++;
            }
        }
        if (kept != freeCount - count) {
            throw new IllegalStateException("FrameTable: a frame of a hole is in use");
        }
        freeCount = kept;
        Arrays.fill(used, first, first + count, true);
    }

    /**
     * Marks a free frame as used in place of another, which becomes free. The free queue is only
     * correct again after {@link #requeue}.
     */
    public void relocate(int from, int to) {
        if (used[to] || !used[from]) {
            throw new IllegalStateException("FrameTable: " + from + " cannot move to " + to);
        }
        used[to] = true;
        used[from] = false;
    }

    /** Rebuilds the free queue in ascending order. */
    public void requeue() {
        freeHead = 0;
        freeCount = 0;
        for (int frame = 0; frame < used.length; frame++) {
            if (!used[frame]) {
                freeQueue[freeCount++] = frame;
            }
        }
    }

    /** Puts an unmapped frame at the tail of the free queue. */
    public void free(int frame) {
        if (!used[frame] || slot[frame] != NONE || object[frame] != NONE) {
            throw new IllegalStateException("FrameTable: frame " + frame + " is still in use");
        }
        used[frame] = false;
        setPinned(frame, false);
        reader[frame] = NOBODY;
        groups.uncharge(frame);
        setWritten(frame, false);
        long tail = (long) freeHead + freeCount;
        freeQueue[(int) (tail % freeQueue.length)] = frame;
        freeCount++;
    }

    /** The slot that holds a clean copy of the frame, or {@link #NONE}. */
    public int slot(int frame) {
        return slot[frame];
    }

    /** A slot holds a clean copy of the frame from now on, or none ({@link #NONE}). */
    public void bindSlot(int frame, int newSlot) {
        slot[frame] = newSlot;
    }

    /**
     * Whether a page was written to through an entry that no longer maps the frame. The entries
     * that still map it need not show that (lecture 16, "Page Tables and Dirty Flags").
     */
    public boolean isDirty(int frame) {
        return dirty[frame];
    }

    /** Whether the frame was written through an entry that no longer maps it. */
    public void setDirty(int frame, boolean value) {
        dirty[frame] = value;
        setWritten(frame, value);
    }

    /** Adds a frame to those that were written to, or removes it when it is clean. */
    public void setWritten(int frame, boolean value) {
        if (value && !written.isListed(frame)) {
            written.addYoungest(frame);
        } else if (!value && written.isListed(frame)) {
            written.remove(frame);
        }
    }

    /** The frames whose pages were written to, oldest first. */
    public PageList written() {
        return written;
    }

    /** Whether the frame's page was read ahead and not asked for yet. */
    public boolean isPrefetched(int frame) {
        return reader[frame] != NOBODY;
    }

    /** Records that a process has a page read ahead into the frame. */
    public void readAhead(int frame, int pid) {
        reader[frame] = pid;
    }

    /**
     * Records that the page is asked for or leaves. Returns the process that had it read ahead, or
     * {@link #NOBODY}.
     */
    public int takeReader(int frame) {
        int taken = reader[frame];
        reader[frame] = NOBODY;
        return taken;
    }

    /** Whether the frame's page is kept in it. */
    public boolean isPinned(int frame) {
        return pinned[frame];
    }

    /** Whether any frame is pinned. */
    public boolean hasPinned() {
        return pinnedCount > 0;
    }

    /** Pins the page of a used frame, or unpins it. */
    public void setPinned(int frame, boolean value) {
        pinnedCount += (value ? 1 : 0) - (pinned[frame] ? 1 : 0);
        pinned[frame] = value;
    }

    /** The file or shared memory whose page the frame holds, or {@link #NONE}. */
    public int object(int frame) {
        return object[frame];
    }

    /** The page of its file or shared memory that the frame holds. */
    public long objectPage(int frame) {
        return objectPage[frame];
    }

    /** Gives a frame to a page of a file or of shared memory, or takes it away ({@link #NONE}). */
    public void own(int frame, int newObject, long page) {
        object[frame] = newObject;
        objectPage[frame] = page;
    }

    /** Writes the state. */
    public void save(StateWriter out) {
        written.save(out);
        groups.save(out);
        out.writeInt(freeCount);
        for (int i = 0; i < freeCount; i++) {
            out.writeInt(freeQueue[(int) (((long) freeHead + i) % freeQueue.length)]);
        }
        for (int frame = 0; frame < used.length; frame++) {
            if (used[frame]) {
                out.writeInt(slot[frame]);
                out.writeBoolean(dirty[frame]);
                out.writeBoolean(pinned[frame]);
                out.writeInt(reader[frame]);
            }
        }
    }

    /** Reads what {@link #save} wrote. */
    public void load(StateReader in) {
        written.load(in);
        groups.load(in);
        Arrays.fill(used, true);
        freeHead = 0;
        freeCount = in.readInt();
        for (int i = 0; i < freeCount; i++) {
            freeQueue[i] = in.readInt();
            used[freeQueue[i]] = false;
        }
        for (int frame = 0; frame < used.length; frame++) {
            if (used[frame]) {
                slot[frame] = in.readInt();
                dirty[frame] = in.readBoolean();
                setPinned(frame, in.readBoolean());
                reader[frame] = in.readInt();
            }
        }
    }
}

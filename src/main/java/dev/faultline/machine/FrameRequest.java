package dev.faultline.machine;

import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.replacement.ReplacementPolicy;
import dev.faultline.machine.tables.FrameTable;
import dev.faultline.machine.tables.MemoryObject;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A request for a frame: what {@link Reclaim} must know to find one, and its answer beside the
 * frame. One object is reused, like Linux's {@code scan_control}.
 */
final class FrameRequest {

    private static final int NONE = FrameTable.NONE;

    private @Nullable Task asking;

    /** The address space or object that the page belongs to, as policies number them. */
    private int owner;

    private long page;
    private int spare = NONE;

    /** A second frame that has to stay: the one just found for a group that is over its limit. */
    private int found = NONE;

    private boolean ownGroupOnly;

    private Fault.@Nullable Choice choice;
    private Fault.@Nullable Eviction eviction;
    private String refusal = "";
    private boolean condemned;

    /** Asks for a frame for a page of a process. */
    void forPage(Task task, long vpn) {
        begin(task, task.asid(), vpn);
    }

    /** Asks, on behalf of a process, for a frame for a page of a file or of shared memory. */
    void forObject(Task task, MemoryObject object, long objectPage) {
        begin(task, -1 - object.id(), objectPage);
    }

    /** Asks for a frame for a process's page table, or for no particular page. */
    void forTable(Task task) {
        begin(task, ReplacementPolicy.NOBODY, 0);
    }

    private void begin(Task task, int newOwner, long newPage) {
        asking = task;
        owner = newOwner;
        page = newPage;
        spare = NONE;
        found = NONE;
        ownGroupOnly = false;
        condemned = false;
    }

    /** Forgets the answers to an earlier fault; for which page a frame is asked is said next. */
    void forFault() {
        condemned = false;
        evicted(null);
    }

    /** The process that asks. The eviction of a frame that no process maps is charged to it. */
    Task asking() {
        return Objects.requireNonNull(asking);
    }

    int owner() {
        return owner;
    }

    long page() {
        return page;
    }

    /** The frame that has to stay because its contents are in use, or {@link FrameTable#NONE}. */
    int spare() {
        return spare;
    }

    /** Sets the frame that has to stay, or {@link FrameTable#NONE}. */
    FrameRequest sparing(int frame) {
        spare = frame;
        return this;
    }

    /** Sets a second frame that has to stay, or {@link FrameTable#NONE}. */
    void spareFound(int frame) {
        found = frame;
    }

    /** The second frame that has to stay, or {@link FrameTable#NONE}. */
    int found() {
        return found;
    }

    /** Whether the victim must be one of the group's own frames. */
    boolean isOwnGroupOnly() {
        return ownGroupOnly;
    }

    void setOwnGroupOnly(boolean value) {
        ownGroupOnly = value;
    }

    /** Records how the next victim was chosen; null if there is none. */
    void chose(Fault.@Nullable Choice how) {
        choice = how;
    }

    /** How the victim being evicted was chosen, or null. */
    Fault.@Nullable Choice choice() {
        return choice;
    }

    /** The same. Taking it clears it. */
    Fault.@Nullable Choice takeChoice() {
        Fault.Choice taken = choice;
        if (taken != null) { // seldom: only explained choices are recorded
            choice = null;
        }
        return taken;
    }

    /** Records the last eviction for the request, if the access is explained. */
    void evicted(Fault.@Nullable Eviction last) {
        if (last != null || eviction != null) { // seldom: only explained accesses keep it
            eviction = last;
        }
    }

    /** The last eviction, or null. */
    Fault.@Nullable Eviction eviction() {
        return eviction;
    }

    /** Records why there is no frame. Returns {@link FrameTable#NONE}. */
    int refuse(String why) {
        refusal = why;
        return NONE;
    }

    /** Records that the process that asks has to end itself, because it holds the most. */
    void condemn() {
        condemned = true;
    }

    boolean isCondemned() {
        return condemned;
    }

    /** Why there was no frame, the last time that there was none. */
    String refusal() {
        return refusal;
    }
}

package dev.faultline.machine;

import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.replacement.ReplacementPolicy;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What {@link Reclaim} must know to find a frame, and what it answers beside the frame. One object
 * is used again and again, as Linux's {@code scan_control}.
 */
final class FrameRequest {

    private static final int NONE = FrameTable.NONE;

    private @Nullable Task asking;

    /** The space or object that the page belongs to, as policies number them. */
    private int owner;

    private long page;
    private int spare = NONE;

    /** A second frame that stays: the one just found for a group that is over its limit. */
    private int found = NONE;

    private boolean ownGroupOnly;

    private Fault.@Nullable Choice choice;
    private Fault.@Nullable Eviction eviction;
    private @Nullable String refusal;
    private boolean condemned;

    /** Asks for a frame for a page of a process. */
    void forPage(Task task, long vpn) {
        begin(task, task.asid(), vpn);
    }

    /** Asks, for a process, for a frame for a page of a file or of shared memory. */
    void forObject(Task task, MemoryObject object, long objectPage) {
        begin(task, -1 - object.id(), objectPage);
    }

    /** Asks for a frame for a process's page table, or for none of its pages in particular. */
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
        refusal = null;
        condemned = false;
    }

    /** The process that asks; an eviction of a frame that no process maps is counted to it. */
    Task asking() {
        return Objects.requireNonNull(asking);
    }

    int owner() {
        return owner;
    }

    long page() {
        return page;
    }

    /** The frame that must stay, or {@link FrameTable#NONE}: what it holds is in use. */
    int spare() {
        return spare;
    }

    /** Says that what a frame holds is in use, or nothing if it is {@link FrameTable#NONE}. */
    FrameRequest sparing(int frame) {
        spare = frame;
        return this;
    }

    /** Says that another frame must stay too, or no other. */
    void spareFound(int frame) {
        found = frame;
    }

    /** Whether a frame must stay for this request. */
    boolean spares(int frame) {
        return frame == spare || frame == found;
    }

    /** Whether the victim must be one of the group's own frames. */
    boolean isOwnGroupOnly() {
        return ownGroupOnly;
    }

    void setOwnGroupOnly(boolean value) {
        ownGroupOnly = value;
    }

    /** Notes how the next victim was chosen. */
    void chose(Fault.Choice how) {
        choice = how;
    }

    /** How the victim was chosen that is evicted now, or null; it is asked once. */
    Fault.@Nullable Choice takeChoice() {
        Fault.Choice taken = choice;
        choice = null;
        return taken;
    }

    /** Notes the last eviction that the request took, for an access that is explained. */
    void evicted(Fault.@Nullable Eviction last) {
        eviction = last;
    }

    /** The last eviction, or null. */
    Fault.@Nullable Eviction eviction() {
        return eviction;
    }

    /** No frame can be had, for a reason. Answers {@link FrameTable#NONE}. */
    int refuse(String why) {
        refusal = why;
        return NONE;
    }

    /** The process that asks has to end for the frame that it was refused. */
    void condemn() {
        condemned = true;
    }

    boolean isCondemned() {
        return condemned;
    }

    /** Why no frame could be had. */
    String refusal() {
        return Objects.requireNonNull(refusal);
    }
}

package dev.faultline.machine.protocol;

/** The memory of a process but for its areas; several processes can have the same. */
public record SpaceView(int asid, int users, long heapStart, long heapEnd, long pageTableBytes) {}

package dev.faultline.machine.protocol;

/**
 * A memory descriptor (lecture 16, "mm"): a process's address space without its areas. After a
 * vfork two processes have the same one.
 *
 * @param users the number of processes that use it
 */
public record SpaceView(int asid, int users, long heapStart, long heapEnd, long pageTableBytes) {}

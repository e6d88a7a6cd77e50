/**
 * The simulated computer: hardware, kernel and processes, as plain Java that can be lifted out and
 * used as a library. This package has its face ({@link dev.faultline.machine.Machine} and the
 * inspectors) and the kernel; the other rooms are, each knowing only those after it, {@code
 * presets}, this one, {@code hardware}, {@code protocol}, {@code spec}, {@code replacement} and
 * {@code state}.
 *
 * <p>Read in the order of an access: {@link dev.faultline.machine.Machine} runs commands, {@code
 * Mmu} is the ladder of what the hardware does, {@code FaultHandler} the ladder of what the kernel
 * does at a fault, {@code Reclaim} finds a frame, {@code EvictableFrames} is what the policy sees
 * of them, {@code Evictor} takes a page out of one, {@code Unmapper} takes pages from a process.
 * {@code PageDaemon} and {@code ReadAhead} do in the background what is asked for beside demand
 * paging, {@code Disk} says when it is done. {@code Scheduler} lets processes with programs take
 * turns, {@code LoadControl} keeps some of them out of memory, {@code Pressure} tells what want of
 * memory cost. {@code Kernel} makes, forks and ends processes, {@code MemoryCalls} changes their
 * areas, {@code PageCalls} their pages, {@code KernelWindow} the kernel's own mappings, {@code
 * Swapper} moves processes out and in. Where memory is given out in whole segments {@code Segments}
 * and {@code SegmentCalls} take the place of most of these. {@code Cpus} are the processors and
 * what their TLBs hold together. {@code Tlbs}, the page tables, {@code FrameTable}, {@code
 * SwapSpace}, {@code MemoryObjects}, {@code AddressSpace}, {@code PhysicalMemory} and {@code
 * BackingStore} store and answer; they do not call one another, but for page tables that lie in
 * frames, which ask {@code PageTableFrames} for them. With the frames is what is known of their
 * entries ({@code FrameMarks}) and whom they are charged to ({@code ControlGroups}).
 *
 * <p>Nothing here knows of HTTP, Spring, JSON, threads, logging or the time of day, and nothing is
 * random but by the machine's own seed: the same spec and the same commands give the same state,
 * everywhere and always.
 */
@NullMarked
package dev.faultline.machine;

import org.jspecify.annotations.NullMarked;

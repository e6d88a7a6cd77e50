/**
 * The simulated computer: hardware, kernel and processes, in plain Java that can be used as a
 * library. This package has its face ({@link dev.faultline.machine.Machine} and the inspectors) and
 * the kernel. The other packages, each knowing only those after it, are {@code presets}, this one,
 * {@code tables}, {@code hardware}, {@code protocol}, {@code spec}, {@code replacement}, {@code
 * fields} and {@code state}.
 *
 * <p>Read in the order of an access. {@link dev.faultline.machine.Machine} carries out commands,
 * {@code SystemCalls} passes each to its part of the kernel, and {@code Processor} makes the
 * accesses. {@code Mmu} is what the hardware does, {@code FaultLoop} the way from a fault to the
 * access that runs again, and {@code FaultHandler} what the kernel does at a fault. {@code Reclaim}
 * finds a frame, {@code EvictableFrames} is what the policy sees, {@code Evictor} takes a page out
 * of its frame, and {@code Loader} fills a frame. One {@code PageFault} and one {@code
 * FrameRequest} carry what each step has to know.
 *
 * <p>Then, by subject:
 *
 * <ul>
 *   <li>system calls: {@code Kernel} creates and forks processes, {@code ProcessExit} ends them;
 *       {@code MemoryCalls} and {@code ResizeCalls} change their areas, {@code PageCalls} their
 *       pages; {@code FileCalls} writes files; {@code KernelWindow} has the kernel's own mappings;
 *       {@code Swapper} moves whole processes
 *   <li>running programs: {@code Scheduler} lets processes take turns, {@code LoadControl} keeps
 *       some of them out, {@code Pressure} measures the time lost to a lack of memory
 *   <li>background: {@code PageDaemon}, {@code ReadAhead}, and {@code Disk}, which knows when
 *       transfers are done
 *   <li>memory models: {@code Paging} allocates memory page by page, {@code WholeSegments} in whole
 *       segments with {@code Segments} and {@code SegmentFaults}
 *   <li>structures, which store and answer: {@code Tasks}, {@code AddressSpace}, {@code
 *       ReverseMap}, {@code Cpus}, {@code RunQueue}, and the kernel's tables in {@code tables}
 * </ul>
 *
 * <p>Nothing here knows about HTTP, Spring, JSON, threads, logging or the time of day, and all
 * randomness comes from the machine's own seed. So the same spec and the same commands give the
 * same state, everywhere and always.
 */
@NullMarked
package dev.faultline.machine;

import org.jspecify.annotations.NullMarked;

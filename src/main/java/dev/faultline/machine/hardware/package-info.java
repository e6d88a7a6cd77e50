/**
 * What the simulated hardware does by itself. {@link dev.faultline.machine.hardware.Mmu} follows an
 * access through TLBs, walk caches and page tables to a frame or a fault. Memory, the backing store
 * and files hold the bytes.
 *
 * <p>Read {@link dev.faultline.machine.hardware.Mmu} first, then {@link
 * dev.faultline.machine.hardware.Pte}, {@link dev.faultline.machine.hardware.Tlb}, {@link
 * dev.faultline.machine.hardware.PageTable} and its implementations, and {@link
 * dev.faultline.machine.hardware.PhysicalMemory}.
 *
 * <p>The hardware knows no kernel: no areas, no processes, no policy. If page tables take frames,
 * it asks for them through an interface ({@link
 * dev.faultline.machine.hardware.PageTableInFrames.Frames}). Nothing outside {@code machine} may
 * use this package.
 */
@NullMarked
package dev.faultline.machine.hardware;

import org.jspecify.annotations.NullMarked;

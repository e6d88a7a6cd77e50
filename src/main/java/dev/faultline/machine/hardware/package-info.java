/**
 * What the simulated hardware does by itself: {@link dev.faultline.machine.hardware.Mmu} is the
 * ladder of an access, down TLBs, walk caches and page tables to a frame or a fault; memory, the
 * store and files hold bytes. The hardware knows no kernel: no areas, no processes, no policy, and
 * where page tables take frames it asks for them through an interface ({@link
 * dev.faultline.machine.hardware.PageTableInFrames.Frames}).
 *
 * <p>Nothing outside {@code machine} may use this package.
 */
@NullMarked
package dev.faultline.machine.hardware;

import org.jspecify.annotations.NullMarked;

/**
 * The kernel's own tables: which frames and slots are free, the areas of an address space, files
 * and shared memory, control groups, the clocks of the processors, and the logs of events and
 * turns.
 *
 * <p>Read {@link dev.faultline.machine.tables.FrameTable} first, then {@link
 * dev.faultline.machine.tables.SwapSpace} and {@link dev.faultline.machine.tables.AreaList}.
 *
 * <p>Tables store and answer. They decide nothing and know no process and no kernel. Nothing
 * outside {@code machine} may use this package.
 */
@NullMarked
package dev.faultline.machine.tables;

import org.jspecify.annotations.NullMarked;

/**
 * What goes into a machine and what comes out: commands and programs in, outcomes, results, events,
 * faults, signals and counters out. Values only, which anybody may keep; nothing here knows how a
 * machine obeys.
 */
@NullMarked
package dev.faultline.machine.protocol;

import org.jspecify.annotations.NullMarked;

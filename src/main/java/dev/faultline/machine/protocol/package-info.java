/**
 * What goes into a machine and what comes out: commands and programs in; outcomes, results, events,
 * faults, signals, counters and views out. Read {@link dev.faultline.machine.protocol.Command}
 * first, then {@link dev.faultline.machine.protocol.Outcome} and {@link
 * dev.faultline.machine.protocol.Fault}.
 *
 * <p>Nothing here knows how a machine carries out a command. Everything is a value, except {@link
 * dev.faultline.machine.protocol.AccessBlock}, which its owner fills again, and {@link
 * dev.faultline.machine.protocol.Counters}, of which a machine hands out copies.
 */
@NullMarked
package dev.faultline.machine.protocol;

import org.jspecify.annotations.NullMarked;

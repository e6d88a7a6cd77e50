/**
 * What a machine is to be: sizes, translation, TLBs, replacement, swap, costs and limits, each with
 * its ranges and defaults. A draft is what a client asked for; {@link
 * dev.faultline.machine.spec.MachineSpec} is what comes of it once all was checked. Values only:
 * nothing here knows what a machine does.
 */
@NullMarked
package dev.faultline.machine.spec;

import org.jspecify.annotations.NullMarked;

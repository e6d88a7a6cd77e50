/**
 * The spec of a machine: sizes, translation, TLBs, replacement, swap, costs and limits. Each field
 * is declared here with its range and its default, in the class of what it describes. Read {@link
 * dev.faultline.machine.spec.MachineSpec} first. Its {@code of} takes the values that a client
 * gave, fills in the defaults, checks everything, and makes the spec. {@link
 * dev.faultline.machine.spec.PolicySpec} does the same for a policy.
 *
 * <p>All types are values. None knows what a machine does.
 */
@NullMarked
package dev.faultline.machine.spec;

import org.jspecify.annotations.NullMarked;

/**
 * Machines as hosted resources.
 *
 * <p>Read {@link dev.faultline.hosting.MachineHost} first: it creates machines and finds them.
 * {@link dev.faultline.hosting.HostedMachine} orders what is done to one: a single writer at a
 * time. {@code Change} is what a request does while it has its turn. {@code VersionedMachine} holds
 * the state, its version and what readers see between two commands. Each machine has a {@code
 * History}, to which a change adds its record; {@code Relived} is a machine that an export makes
 * again. Beside them are the traces that clients have stored ({@link
 * dev.faultline.hosting.TraceStore}) and work that continues after its request was answered ({@link
 * dev.faultline.hosting.Operations}).
 *
 * <p>It knows nothing about HTTP.
 */
@NullMarked
package dev.faultline.hosting;

import org.jspecify.annotations.NullMarked;

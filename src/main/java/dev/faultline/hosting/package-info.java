/**
 * Machines as hosted resources: {@link dev.faultline.hosting.MachineHost} makes and finds them,
 * {@link dev.faultline.hosting.HostedMachine} orders what is done to one: a single writer at a
 * time, readers that see it between two commands, a version that grows with each change. Beside
 * them are the traces that clients have stored ({@link dev.faultline.hosting.TraceStore}) and the
 * work that goes on behind an answer ({@link dev.faultline.hosting.Operations}). It knows nothing
 * of HTTP.
 */
@NullMarked
package dev.faultline.hosting;

import org.jspecify.annotations.NullMarked;

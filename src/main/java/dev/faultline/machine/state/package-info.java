/**
 * The format in which a machine is saved. Each structure writes its own arrays to a {@link
 * dev.faultline.machine.state.StateWriter} and reads them back in the same order. {@link
 * dev.faultline.machine.state.StateHash} turns the same bytes into the digest. It knows nothing of
 * the rest of the machine.
 */
@NullMarked
package dev.faultline.machine.state;

import org.jspecify.annotations.NullMarked;

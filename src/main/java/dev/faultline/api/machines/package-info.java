/**
 * Machines as resources: what a client may ask for, what is shown, and the endpoints that create,
 * show, reset, copy and delete them. Read {@code MachineController} first.
 */
@NullMarked
package dev.faultline.api.machines;

import org.jspecify.annotations.NullMarked;

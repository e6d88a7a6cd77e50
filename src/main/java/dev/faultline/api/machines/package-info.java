/**
 * Machines as resources: what a client may ask for, what is shown, and the endpoints that make,
 * show, reset, copy and delete them.
 */
@NullMarked
package dev.faultline.api.machines;

import org.jspecify.annotations.NullMarked;

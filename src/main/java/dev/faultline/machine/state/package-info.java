/**
 * The format in which a machine is saved: each structure writes its own arrays and reads them back.
 */
@NullMarked
package dev.faultline.machine.state;

import org.jspecify.annotations.NullMarked;

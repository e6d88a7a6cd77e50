/** Tests of the machine, from inside its package. */
@NullMarked
package dev.faultline.machine;

import org.jspecify.annotations.NullMarked;
